# Debian's libcaf-dev has neither a CMake configuration nor a pkg-config file.
# Defines CAF::core. TRIBUTARY_CAF_ROOT names another installation (the thread-sanitizer build).
find_path(CAF_INCLUDE_DIR caf/all.hpp HINTS ${TRIBUTARY_CAF_ROOT}/include)
# Per folder, else the system's shared library wins over the static one of that installation.
find_library(CAF_CORE_LIBRARY NAMES caf_core caf_core_static NAMES_PER_DIR
             HINTS ${TRIBUTARY_CAF_ROOT}/lib)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR)

if(CAF_FOUND AND NOT TARGET CAF::core)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(CAF::core PROPERTIES IMPORTED_LOCATION ${CAF_CORE_LIBRARY}
                                             INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR})
endif()
