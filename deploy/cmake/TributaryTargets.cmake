# tributary_library(NAME [OFF_THE_WAY] [FOLDERS folder...] [UNHURRIED folder...] [PCH header...] [DEPENDS target...])
#
# A static library of every .cpp in the current folder and below, without the folders that have a
# CMakeLists.txt of their own; or of those in FOLDERS and below, where `.` is the current folder
# itself and nothing below it. OFF_THE_WAY says that no request runs through it, so that optimising
# it less costs nobody anything and saves half of its compile time. UNHURRIED says the same of folders: few
# requests run through them, or little of one.
function(tributary_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "OFF_THE_WAY" "" "FOLDERS;UNHURRIED;PCH;DEPENDS")
  set(sources)
  if(arg_FOLDERS)
    foreach(folder ${arg_FOLDERS})
      if(folder STREQUAL ".")
        file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
      else()
        file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
      endif()
      list(APPEND sources ${found})
    endforeach()
  else()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    file(GLOB_RECURSE nested CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
    foreach(list_file ${nested})
      get_filename_component(folder ${list_file} DIRECTORY)
      list(FILTER sources EXCLUDE REGEX "^${folder}/")
    endforeach()
  endif()
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE tributary_options ${arg_DEPENDS})
    return()
  endif()
  set(unhurried)
  foreach(folder ${arg_UNHURRIED})
    set(those ${sources})
    list(FILTER those INCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${folder}/")
    list(REMOVE_ITEM sources ${those})
    list(APPEND unhurried ${those})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC tributary_options ${arg_DEPENDS})
  tributary_compile_quickly(${name} ${arg_PCH})
  if(arg_OFF_THE_WAY)
    tributary_optimise_less(${name})
  elseif(TRIBUTARY_UNITY)
    tributary_inline_as_alone(${name})
  endif()
  if(unhurried)
    add_library(${name}_unhurried OBJECT ${unhurried})
    target_link_libraries(${name}_unhurried PUBLIC tributary_options ${arg_DEPENDS})
    tributary_compile_quickly(${name}_unhurried ${arg_PCH})
    tributary_optimise_less(${name}_unhurried)
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:${name}_unhurried>)
  endif()
endfunction()

# tributary_compile_quickly(TARGET [header...]): several sources at a time where the preset says so;
# else each alone, with HEADERs compiled once. In a batch the headers are read once anyway.
function(tributary_compile_quickly target)
  if(TRIBUTARY_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON
                                               UNITY_BUILD_BATCH_SIZE ${TRIBUTARY_UNITY})
    # This warning speaks of sources that were joined.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  elseif(ARGN)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# tributary_optimise_less(TARGET): for what runs once, or seldom, or only in tests.
function(tributary_optimise_less target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# tributary_inline_as_alone(TARGET): GCC inlines less the larger a unit is, as a share of it. Without
# this a joined release takes 6 to 8 % more CPU time a request than the same sources compiled alone.
function(tributary_inline_as_alone target)
  target_compile_options(
    ${target} PRIVATE "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:--param=inline-unit-growth=400;--param=large-unit-insns=200000>")
endfunction()
