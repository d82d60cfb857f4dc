// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

/// Feeds the empty input and each file of the folder named by the first argument to a fuzz target.
int main(int argc, char** argv) {
  feed({});
  std::size_t files = 0;
  std::error_code none;
  if (argc > 1) {
    for (const auto& entry : std::filesystem::directory_iterator{argv[1], none}) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file{entry.path(), std::ios::binary};
      // Named before it is fed, so that a crash can be told from the last line.
      std::cout << entry.path().filename().string() << std::endl;
      feed({std::istreambuf_iterator<char>{file}, {}});
      ++files;
    }
  }
  std::cout << files << " inputs replayed\n";
  return 0;
}
