// An agent of a JVM (-agentpath) that delays while the VM comes up ("runtime"), and that logs the
// moments before and after the VM says vm__init__end:
//   vm-early-start  the VM can run code; it goes on to initialise java.lang
//   vm-start        the module system is there as well
// Source of that order: JDK 17, src/hotspot/share/runtime/thread.cpp, Threads::create_vm.
#include <jvmti.h>

#include "tests/truth/programs/delay.h"

namespace {

void JNICALL on_early_start(jvmtiEnv*, JNIEnv*) { truth::mark("vm-early-start"); }
void JNICALL on_start(jvmtiEnv*, JNIEnv*) { truth::mark("vm-start"); }

// An environment is told of the start early or not, so that it takes two.
bool tell_of_start(JavaVM* vm, bool early) {
  jvmtiEnv* jvmti = nullptr;
  if (vm->GetEnv(reinterpret_cast<void**>(&jvmti), JVMTI_VERSION_11) != JNI_OK) return false;
  jvmtiCapabilities capabilities{};
  capabilities.can_generate_early_vmstart = early ? 1 : 0;
  jvmtiEventCallbacks callbacks{};
  callbacks.VMStart = early ? on_early_start : on_start;
  return jvmti->AddCapabilities(&capabilities) == JVMTI_ERROR_NONE &&
         jvmti->SetEventCallbacks(&callbacks, sizeof callbacks) == JVMTI_ERROR_NONE &&
         jvmti->SetEventNotificationMode(JVMTI_ENABLE, JVMTI_EVENT_VM_START, nullptr) ==
             JVMTI_ERROR_NONE;
}

}  // namespace

extern "C" JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM* vm, char*, void*) {
  const std::int64_t begin = truth::now();
  truth::delay("runtime");
  if (!tell_of_start(vm, true) || !tell_of_start(vm, false)) return JNI_ERR;
  truth::log("site", begin, truth::now());
  return 0;
}
