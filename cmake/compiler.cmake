# Flags for every target. Warnings are errors; the hot binaries are static (see podrun_static).
option(PODRUN_SANITIZE "Build with AddressSanitizer, UndefinedBehaviorSanitizer and, by clang, fuzz targets" OFF)
option(PODRUN_TSAN "Build with ThreadSanitizer" OFF)
option(PODRUN_LTO "Link-time optimization for the shipped binaries" OFF)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wcast-qual -Werror
                    -Wno-missing-field-initializers -fno-plt)
add_compile_definitions(_GNU_SOURCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -g1")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(PODRUN_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    # One build serves unit tests and fuzz targets. What is a warning is decided by g++.
    add_compile_options(-fsanitize=fuzzer-no-link -Wno-error)
  endif()
elseif(PODRUN_TSAN)
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
else()
  add_compile_definitions($<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
  add_compile_options(-fstack-protector-strong -ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections -Wl,-z,relro,-z,now)
endif()

# Objects carry both machine code and the optimizer's form: the shipped binaries are linked from the
# second, tests at once from the first.
if(PODRUN_LTO)
  add_compile_options(-flto=auto -ffat-lto-objects)
  add_link_options(-fno-lto)
  # `ar` finds the optimizer's plugin relative to itself, and then lists inline functions that the
  # machine code lacks: a link that trusts the list takes members twice. A copy elsewhere lists what is
  # there.
  file(REAL_PATH ${CMAKE_AR} ar)
  configure_file(${ar} ${CMAKE_BINARY_DIR}/tools/ar COPYONLY)
  set(CMAKE_AR ${CMAKE_BINARY_DIR}/tools/ar)
  set(CMAKE_CXX_ARCHIVE_CREATE "<CMAKE_AR> qcs <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_CXX_ARCHIVE_FINISH "")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Paths are hashed relative to the sources: a clone elsewhere finds what this one compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

# A program that is installed: `ninja programs` builds these, with link-time optimization.
add_custom_target(programs)
function(podrun_shipped target)
  if(PODRUN_LTO)
    target_link_options(${target} PRIVATE -flto=auto -O2 -s)
  endif()
  add_dependencies(programs ${target})
endfunction()

# One that is a fully static position-independent executable: it starts in half the time of a dynamic
# one.
function(podrun_static target)
  if(NOT PODRUN_SANITIZE AND NOT PODRUN_TSAN)
    target_link_options(${target} PRIVATE -static-pie)
  endif()
  podrun_shipped(${target})
endfunction()
