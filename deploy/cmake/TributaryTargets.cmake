# tributary_library(NAME [PCH header...] [DEPENDS target...])
#
# A static library of every .cpp in the current folder and below, without the folders that have a
# CMakeLists.txt of their own.
function(tributary_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PCH;DEPENDS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB_RECURSE nested CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(list_file ${nested})
    get_filename_component(folder ${list_file} DIRECTORY)
    list(FILTER sources EXCLUDE REGEX "^${folder}/")
  endforeach()
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE tributary_options ${arg_DEPENDS})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC tributary_options ${arg_DEPENDS})
  if(TRIBUTARY_SANITIZE)
    # Sanitizers make everything slow to compile and nobody edits in these presets: several files at
    # a time. So names in anonymous namespaces must differ within a library; the warning left out
    # speaks of files that were joined.
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  if(arg_PCH)
    target_precompile_headers(${name} PRIVATE ${arg_PCH})
  endif()
endfunction()
