# cmake -DINPUT=file.json -DOUTPUT=file.cpp -P embed.cmake: writes the shipped configuration as C++.
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "// Generated from config/tributary.json by config/embed.cmake.
#include \"config/load.hpp\"

namespace tributary::config {

std::string_view shipped_configuration() {
  return R\"tributary(${text})tributary\";
}

}  // namespace tributary::config
")
