# Makes a container's root file system with one program in it:
#   cmake -D PROGRAM=<file> -D ROOTFS=<folder> -P make_rootfs.cmake
# The program becomes /hello. A dynamic one brings its libraries and its loader, at the paths that
# `ldd` prints, so that they are found there without a cache.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${ROOTFS})
foreach(folder dev etc proc sys tmp)
  file(MAKE_DIRECTORY ${ROOTFS}/${folder})
endforeach()

execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ldd ${PROGRAM}
  RESULT_VARIABLE failed OUTPUT_VARIABLE listing ERROR_VARIABLE complaint)
if(failed AND NOT "${listing}${complaint}" MATCHES "not a dynamic executable|statically linked")
  message(FATAL_ERROR "ldd ${PROGRAM}: ${complaint}")
endif()

# "  libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)" or "  /lib64/ld-linux-x86-64.so.2 (0x…)"
string(REGEX MATCHALL "(/[^ \n]+) \\(0x" libraries "${listing}")
foreach(library IN LISTS libraries)
  string(REGEX REPLACE " \\(0x$" "" library "${library}")
  cmake_path(GET library PARENT_PATH folder)
  file(MAKE_DIRECTORY ${ROOTFS}${folder})
  file(COPY_FILE ${library} ${ROOTFS}${library})  # what a symbolic link leads to, under its name
endforeach()

file(COPY_FILE ${PROGRAM} ${ROOTFS}/hello)
file(TOUCH ${ROOTFS}/hello)  # it is what the build waits for: newer than the program
