// SPDX-License-Identifier: MIT
#include "providers/storage/usage_file.hpp"

#include "config/file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace tributary::providers::storage {

namespace {

using nlohmann::ordered_json;
using std::chrono::sys_days;

constexpr std::size_t most_bytes = 1024 * 1024;
constexpr int version = 1;

std::string path_in(const std::string& folder, std::string_view suffix = {}) {
  return (std::filesystem::path{folder} / usage_file_name).string().append(suffix);
}

std::string last_error(const std::string& what) {
  return what + ": " + std::generic_category().message(errno);
}

std::optional<sys_days> parse_date(const ordered_json& text) {
  if (!text.is_string()) return std::nullopt;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const auto& spelled = text.get_ref<const std::string&>();
  if (std::sscanf(spelled.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok() || print_date(date) != spelled) return std::nullopt;
  return sys_days{date};
}

/// A count of calls; nothing for what cannot be one.
std::optional<std::uint64_t> parse_count(const ordered_json& entry, const char* name) {
  const auto found = entry.find(name);
  if (found == entry.end() || !found->is_number_unsigned()) return std::nullopt;
  const auto value = found->get<std::uint64_t>();
  return value <= 1'000'000'000'000 ? std::optional{value} : std::nullopt;
}

std::optional<stored_usage> parse_entry(const std::string& source, const ordered_json& entry) {
  if (!entry.is_object() || !entry.contains("date")) return std::nullopt;
  const auto date = parse_date(entry["date"]);
  const auto day = parse_count(entry, "day");
  const auto day_loop = parse_count(entry, "day_loop");
  const auto month = parse_count(entry, "month");
  const auto month_loop = parse_count(entry, "month_loop");
  if (!date || !day || !day_loop || !month || !month_loop) return std::nullopt;
  return stored_usage{source, *date, *day, *day_loop, *month, *month_loop};
}

std::optional<std::vector<stored_usage>> parse(const std::string& text) {
  const auto root = ordered_json::parse(text, nullptr, false);
  if (!root.is_object() || !root.contains("version") || root["version"] != version ||
      !root.contains("providers") || !root["providers"].is_object()) {
    return std::nullopt;
  }
  std::vector<stored_usage> values;
  for (const auto& [source, entry] : root["providers"].items()) {
    auto value = parse_entry(source, entry);
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
  }
  return values;
}

std::string print(const std::vector<stored_usage>& values) {
  auto providers = ordered_json::object();
  for (const auto& each : values) {
    providers[each.source] = {{"date", print_date(each.date)},
                              {"day", each.day},
                              {"day_loop", each.day_loop},
                              {"month", each.month},
                              {"month_loop", each.month_loop}};
  }
  const ordered_json root{{"version", version}, {"providers", std::move(providers)}};
  return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// Keeps a file that is not ours for whoever put it there.
std::string set_aside(const std::string& path) {
  constexpr int most = 9;
  auto name = path + ".broken";
  std::error_code error;
  for (int i = 2; i <= most && std::filesystem::exists(name, error); ++i) {
    name = path + ".broken" + std::to_string(i);
  }
  std::filesystem::rename(path, name, error);
  if (error) return path + " is not a file of counts, and stays: " + error.message();
  return path + " is not a file of counts; renamed to " + name;
}

/// A file descriptor that is closed.
class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() { close(); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }
  int number() const noexcept { return number_; }

 private:
  int number_;
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// The new name is in the folder only when that is written too.
void sync_folder(const std::string& folder) {
  const descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.number() >= 0) ::fsync(opened.number());
}

}  // namespace

std::string print_date(sys_days date) {
  const std::chrono::year_month_day day{date};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

usage_read read_usage(const std::string& folder) {
  const auto path = path_in(folder);
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return {};
  if (error) return {{}, path + ": " + error.message()};
  if (status.type() != std::filesystem::file_type::regular) return {{}, set_aside(path)};
  if (::access(path.c_str(), R_OK) != 0) return {{}, last_error(path)};
  const auto text = config::read_file(path, most_bytes);
  auto values = text ? parse(*text) : std::nullopt;
  if (!values) return {{}, set_aside(path)};
  return {std::move(*values), {}};
}

std::string write_usage(const std::string& folder, const std::vector<stored_usage>& values) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return folder + ": " + error.message();
  auto temporary = path_in(folder, ".XXXXXX");
  descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (file.number() < 0) return last_error(path_in(folder));
  std::string trouble;
  if (!write_all(file.number(), print(values)) || ::fsync(file.number()) != 0 || !file.close() ||
      std::rename(temporary.c_str(), path_in(folder).c_str()) != 0) {
    trouble = last_error(path_in(folder));
    ::unlink(temporary.c_str());
  } else {
    sync_folder(folder);
  }
  return trouble;
}

}  // namespace tributary::providers::storage
