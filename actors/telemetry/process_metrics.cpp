// SPDX-License-Identifier: MIT
#include "actors/telemetry/process_metrics.hpp"

#include "actors/telemetry/metrics.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tributary::actors::telemetry {
namespace {

double cpu_seconds() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
  // Linux 6.2 and later say the number at once; else the folder is counted.
  struct stat info {};
  if (::stat("/proc/self/fd", &info) == 0 && info.st_size > 0) {
    return static_cast<double>(info.st_size);
  }
  std::error_code failure;
  double count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", failure), end; !failure && it != end;
       it.increment(failure)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // without the one that reads the folder
}

double file_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

/// Seconds since the epoch: field 22 of /proc/self/stat counts from the boot (proc(5)).
double start_time() {
  std::ifstream self("/proc/self/stat");
  std::string text;
  std::getline(self, text);
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return 0;
  std::size_t at = end_of_name + 1;
  for (int field = 3; field != 22 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
  if (at == std::string::npos) return 0;
  const double ticks = std::strtod(text.c_str() + at, nullptr);

  std::ifstream system("/proc/stat");
  for (std::string line; std::getline(system, line);) {
    if (line.starts_with("btime ")) {
      return std::strtod(line.c_str() + 6, nullptr) +
             ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
  }
  return 0;
}

}  // namespace

void add_process_metrics(registry& metrics) {
  metrics.make_callback("process_cpu_seconds_total", cpu_seconds);
  metrics.make_callback("process_resident_memory_bytes", resident_bytes);
  metrics.make_callback("process_open_fds", open_files);
  metrics.make_callback("process_max_fds", file_limit);
  metrics.make_callback("process_start_time_seconds", [start = start_time()] { return start; });
}

}  // namespace tributary::actors::telemetry
