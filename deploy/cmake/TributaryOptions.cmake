# Compiler settings common to every target.
set(TRIBUTARY_SANITIZE "" CACHE STRING "comma-separated -fsanitize= list")
option(TRIBUTARY_FUZZ "build the libFuzzer targets (clang)" OFF)
if(TRIBUTARY_SANITIZE)
  set(TRIBUTARY_JEMALLOC OFF)
else()
  set(TRIBUTARY_JEMALLOC ON)
endif()

# Compiling many sources as one takes a third of the time. Names in anonymous namespaces must then
# differ within a library or test binary. Whoever edits wants one source at a time: the preset `dev`.
set(TRIBUTARY_UNITY 0 CACHE STRING "how many sources are compiled as one; 0: each alone")

find_program(CCACHE ccache)
if(CCACHE)
  # A precompiled header carries macros and time stamps that ccache must be told to trust.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

if(NOT TRIBUTARY_UNITY)
  # Not where several files are compiled as one: there the names of one hide those of another.
  set(shadow -Wshadow)
endif()
add_library(tributary_options INTERFACE)
target_include_directories(tributary_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(
  tributary_options INTERFACE -Wall -Wextra -Wpedantic ${shadow} -Wnon-virtual-dtor -Woverloaded-virtual
                              -fno-omit-frame-pointer)
target_compile_definitions(
  tributary_options INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                              BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_ARRAY
                              TRIBUTARY_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Precompiled headers and ccache work together only when the preprocessor sees them. GCC 12 warns of
  # overlapping copies inside std::string that cannot happen (GCC bug 105651).
  target_compile_options(
    tributary_options INTERFACE $<$<EQUAL:${TRIBUTARY_UNITY},0>:-fpch-preprocess> -Wno-restrict
                                -Wno-stringop-overflow)
endif()
if(TRIBUTARY_SANITIZE)
  # Line numbers are all that a report needs. The level of optimisation is the preset's.
  target_compile_options(tributary_options INTERFACE -fsanitize=${TRIBUTARY_SANITIZE}
                                                     -fno-sanitize-recover=all -g1)
  target_link_options(tributary_options INTERFACE -fsanitize=${TRIBUTARY_SANITIZE})
  if(TRIBUTARY_SANITIZE MATCHES "thread")
    # Thread sanitizer does not understand atomic fences: Asio's, around each handler, would only
    # bring a warning per file. What it posts is ordered by mutexes, which the sanitizer sees.
    target_compile_definitions(tributary_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
find_program(LLD NAMES ld.lld-16)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND LLD)
  target_link_options(tributary_options INTERFACE -fuse-ld=${LLD})
endif()
if(TRIBUTARY_FUZZ)
  target_compile_options(tributary_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
