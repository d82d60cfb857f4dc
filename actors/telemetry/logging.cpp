// SPDX-License-Identifier: MIT
#include "actors/telemetry/logging.hpp"

#include "actors/telemetry/json_text.hpp"
#include "actors/telemetry/line_sink.hpp"
#include "actors/telemetry/redaction.hpp"

#include <spdlog/async_logger.h>

#include <algorithm>
#include <array>
#include <future>

#include <unistd.h>

namespace tributary::actors::telemetry {
namespace {

using config::log_level;

constexpr std::size_t longest_text = 2048;

spdlog::level::level_enum spdlog_level(log_level level) noexcept {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      break;
  }
  return spdlog::level::err;
}

void put_two(char* at, unsigned value) noexcept {
  at[0] = static_cast<char>('0' + value / 10 % 10);
  at[1] = static_cast<char>('0' + value % 10);
}

/// `2026-01-31T23:59:59`, made anew only when the second changes.
struct second_text {
  std::chrono::sys_seconds second{std::chrono::seconds(-1)};
  std::array<char, 19> text{};

  void set(std::chrono::sys_seconds to) noexcept {
    second = to;
    const auto day = std::chrono::floor<std::chrono::days>(to);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(to - day);
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    auto* out = text.data();
    put_two(out, year / 100);
    put_two(out + 2, year % 100);
    put_two(out + 5, static_cast<unsigned>(date.month()));
    put_two(out + 8, static_cast<unsigned>(date.day()));
    put_two(out + 11, static_cast<unsigned>(time.hours().count()));
    put_two(out + 14, static_cast<unsigned>(time.minutes().count()));
    put_two(out + 17, static_cast<unsigned>(time.seconds().count()));
    out[4] = out[7] = '-';
    out[10] = 'T';
    out[13] = out[16] = ':';
  }
};

void append_now(std::string& line) {
  thread_local second_text cached;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != cached.second) cached.set(second);
  const auto ms = static_cast<unsigned>((now - second).count());
  line.append(cached.text.data(), cached.text.size());
  line += '.';
  line += static_cast<char>('0' + ms / 100);
  line += static_cast<char>('0' + ms / 10 % 10);
  line += static_cast<char>('0' + ms % 10);
  line += 'Z';
}

std::string_view cut(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit) return text;
  for (int i = 0; i != 3 && limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80;
       ++i) {
    --limit;
  }
  return text.substr(0, limit);
}

void append_safe(std::string& line, std::string_view text) {
  text = cut(text, longest_text);
  if (text.find_first_of("=:bB") == text.npos) return json_text::append_string(line, text);
  json_text::append_string(line, redact_text(text));
}

void write_at_once(std::string_view line) {
  while (!line.empty()) {
    const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

void append_head(std::string& line, log_level level, events::event event) {
  line = R"({"ts":")";
  append_now(line);
  line.append(R"(","level":")").append(to_string(level)).append(R"(","event":)");
  json_text::append_string(line, event.id());
  line += R"(,"message":)";
}

std::string& line_of_this_thread() {
  thread_local std::string line;
  return line;
}

}  // namespace

void field::append_to(std::string& line) const {
  if (is_secret_name(name_)) return json_text::append_string(line, redacted);
  switch (kind_) {
    case kind::text:
      return append_safe(line, text_);
    case kind::signed_integer:
      return json_text::append_number(line, signed_);
    case kind::unsigned_integer:
      return json_text::append_number(line, unsigned_);
    case kind::real:
      return json_text::append_number(line, real_);
    case kind::boolean:
      line += flag_ ? "true" : "false";
      return;
  }
}

/// The machinery between `start` and `stop`.
struct logger::backend {
  std::shared_ptr<line_sink> sink;
  std::shared_ptr<spdlog::async_logger> async;
  std::promise<void> ended;  ///< the thread has finished the sink
  std::atomic<std::uint64_t> posted{0};

  std::mutex mutex;  ///< of the next two
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::uint64_t overrun_at_end = 0;

  std::uint64_t overrun() {
    const std::lock_guard lock(mutex);
    return pool ? pool->overrun_counter() : overrun_at_end;
  }

  void end() {
    sink->hurry();
    auto last = std::shared_ptr<spdlog::details::thread_pool>();
    {
      const std::lock_guard lock(mutex);
      overrun_at_end = pool->overrun_counter();
      last.swap(pool);
    }
    // Another thread may just be posting and hold the pool a moment longer.
    last.reset();
    ended.get_future().wait();
  }
};

logger::logger() = default;

logger::~logger() { stop(); }

void logger::start(const config::log_settings& settings, line_writer writer) {
  stop();
  auto made = std::make_unique<backend>();
  auto direct = std::shared_ptr<descriptor_sink>();
  if (writer) {
    made->sink = std::make_shared<function_sink>(std::move(writer));
  } else {
    made->sink = direct = std::make_shared<descriptor_sink>(STDERR_FILENO);
  }
  made->pool = std::make_shared<spdlog::details::thread_pool>(
      std::max<std::size_t>(settings.queue, 1), 1, [] {},
      [raw = made.get()] {
        raw->sink->finish();
        raw->ended.set_value();
      });
  if (direct) direct->watch(*made->pool);
  made->async = std::make_shared<spdlog::async_logger>(
      "tributary", made->sink, made->pool, spdlog::async_overflow_policy::overrun_oldest);
  made->async->set_level(spdlog::level::trace);
  made->async->set_error_handler(
      [sink = made->sink.get()](const std::string&) { sink->add_lost(1); });

  const std::lock_guard lock(mutex_);
  backend_.store(made.get(), std::memory_order_release);
  backends_.push_back(std::move(made));
  set_level(settings.level);
}

void logger::stop() {
  backend* running = nullptr;
  {
    const std::lock_guard lock(mutex_);
    running = backend_.exchange(nullptr);
    if (!running) return;
    threshold_.store(only_errors, std::memory_order_relaxed);
  }
  running->end();
}

bool logger::flush(std::chrono::milliseconds limit) {
  auto* running = backend_.load(std::memory_order_acquire);
  if (!running) return true;
  const auto target = running->posted.load();
  return running->sink->wait(
      limit, [&](std::uint64_t settled) { return settled + running->overrun() >= target; });
}

void logger::post(log_level level, std::string_view line) {
  auto* running = backend_.load(std::memory_order_acquire);
  if (!running) {
    if (level == log_level::error) write_at_once(line);
    return;
  }
  running->posted.fetch_add(1);
  running->async->log(spdlog::log_clock::time_point(), spdlog::source_loc(), spdlog_level(level),
                      spdlog::string_view_t(line.data(), line.size()));
}

std::uint64_t logger::dropped() const noexcept {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& one : backends_) sum += one->overrun() + one->sink->lost();
  return sum;
}

void logger::write_line(log_level level, events::event event, std::string_view message,
                        std::initializer_list<field> fields) {
  auto& line = line_of_this_thread();
  append_head(line, level, event);
  append_safe(line, message);
  for (const auto& one : fields) {
    line += ',';
    json_text::append_string(line, one.name());
    line += ':';
    one.append_to(line);
  }
  line += "}\n";
  post(level, line);
}

std::string& begin_line(log_level level, events::event event, std::string_view message) {
  auto& line = line_of_this_thread();
  append_head(line, level, event);
  json_text::append_string(line, message);
  return line;
}

void append_cut(std::string& line, std::string_view text, std::size_t limit) {
  json_text::append_string(line, cut(text, limit));
}

logger& log() noexcept {
  // Never destroyed: threads that outlive main may still log.
  static auto* const instance = new logger;
  return *instance;
}

std::string_view to_string(log_level level) noexcept {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warning:
      return "warning";
    case log_level::error:
      break;
  }
  return "error";
}

}  // namespace tributary::actors::telemetry
