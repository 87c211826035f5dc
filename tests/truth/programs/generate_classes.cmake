# Writes 2,000 classes into one source file:
#   cmake -D OUTPUT=<file> -P generate_classes.cmake
cmake_minimum_required(VERSION 3.25)
set(text "// Generated: classes to be loaded.\n")
foreach(i RANGE 1999)
  string(APPEND text "final class Generated${i} { int value() { return ${i}; } }\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
