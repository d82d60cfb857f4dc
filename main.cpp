// SPDX-License-Identifier: MIT
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "config/load.hpp"
#include "config/url.hpp"
#include "http/io/file_limit.hpp"
#include "http/server/gateway/gateway.hpp"
#include "http/server/systems/systems.hpp"
#include "providers/mock/wire/mock_server.hpp"
#include "providers/vendors/webhook_signature.hpp"

#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace {

using namespace tributary;
namespace telemetry = actors::telemetry;
namespace events = actors::telemetry::events;
using config::log_level;

/// Exit codes, as for `check`: what was asked for is wrong, or could not even be read.
constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

/// Opens what was closed of standard input, output and error, before anything else takes their
/// numbers: log lines would be written to it.
void open_standard_streams() {
  for (int each = 0; each < 3; ++each) {
    if (::fcntl(each, F_GETFD) != -1) continue;
    // The lowest number that is free is taken, which is this one.
    if (::open("/dev/null", O_RDWR) != each) ::_exit(exit_failure);
  }
}

/// Signals that end the process, or would by default, are blocked in all threads and taken by main,
/// one at a time.
class signal_wait {
 public:
  signal_wait() {
    ::sigemptyset(&signals_);
    for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) ::sigaddset(&signals_, each);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }

  /// Blocks until a signal that ends the process comes; SIGUSR1 from ourselves is one, for
  /// `interrupt`. Any other is told to `ignored`: what rotates logs or closes a terminal sends
  /// some.
  template <class Ignored>
  int wait(Ignored ignored) const {
    for (;;) {
      siginfo_t info{};
      const auto signal = ::sigwaitinfo(&signals_, &info);
      const auto own = signal == SIGUSR1 && info.si_pid == ::getpid();
      if (signal == SIGINT || signal == SIGTERM || own) return signal;
      if (signal != -1) ignored(signal);
    }
  }

  /// Ends a `wait` from another thread.
  static void interrupt() { ::kill(::getpid(), SIGUSR1); }

 private:
  sigset_t signals_{};
};

config::load_result load_configuration(const std::string& file) {
  const auto env = config::environment::process();
  const auto& sections = http::server::all_sections();
  return file.empty() ? config::load_shipped(env, sections)
                      : config::load_file(file, env, sections);
}

int check(const std::string& file, bool as_json, bool print) {
  const auto result = load_configuration(file);
  if (as_json) {
    std::fputs(config::errors_as_json(result).c_str(), stdout);
  } else if (!result.errors.empty()) {
    std::fputs(config::errors_as_text(result).c_str(), stderr);
  } else if (print) {
    std::fputs(config::print_effective(*result.value, http::server::all_sections()).c_str(),
               stdout);
  } else {
    std::fputs((result.file_name + ": fine\n").c_str(), stdout);
  }
  return config::exit_code(result);
}

void log_listener(std::string_view text, const std::string& address, std::uint16_t port) {
  if (config::unix_socket_path(address)) {
    telemetry::log().write(log_level::info, events::server_listening, text, {{"address", address}});
  } else {
    telemetry::log().write(log_level::info, events::server_listening, text,
                           {{"address", address}, {"port", port}});
  }
}

void log_start(const http::server::gateway& gateway, const config::settings& settings,
               std::uint64_t files) {
  log_listener("the public listener is open", settings.server.address, gateway.port());
  log_listener("the admin listener is open", settings.admin.address, gateway.admin_port());
  telemetry::log().write(log_level::info, events::server_started, "ready",
                         {{"version", TRIBUTARY_VERSION}, {"open_files_limit", files}});
}

/// Runs until a signal. SIGTERM drains with the delay that load balancers want, SIGINT without; a
/// second signal ends the process at once.
int run_gateway(http::server::gateway& gateway, const config::settings& settings,
                const signal_wait& signals) {
  const auto files = http::io::raise_file_limit();
  gateway.start([](std::string why) {
    telemetry::log().write(log_level::error, events::server_failed, why);
    signal_wait::interrupt();
  });
  log_start(gateway, settings, files);
  const auto ignore = [](int signal) {
    telemetry::log().write(log_level::info, events::server_signal_ignored,
                           "nothing is reloaded or reopened; the signal is ignored",
                           {{"signal", signal}});
  };
  const auto signal = signals.wait(ignore);
  telemetry::log().write(log_level::info, events::server_draining, "shutting down",
                         {{"signal", signal}});
  // By value: the thread may still wait when all that called this has returned.
  std::thread{[signals, ignore] {
    signals.wait(ignore);
    ::_exit(exit_failure);
  }}.detach();
  gateway.stop(signal != SIGTERM);
  return signal == SIGUSR1 ? exit_failure : EXIT_SUCCESS;
}

int serve(const std::string& file, const http::server::role_set& roles) {
  const signal_wait signals;
  auto loaded = load_configuration(file);
  if (!loaded.value) {
    std::fputs(config::errors_as_text(loaded).c_str(), stderr);
    return config::exit_code(loaded);
  }
  telemetry::log().start(loaded.value->log);
  auto code = exit_failure;
  try {
    http::server::gateway gateway{*loaded.value, {.roles = roles, .resolver = nullptr}};
    code = run_gateway(gateway, *loaded.value, signals);
    telemetry::log().write(log_level::info, events::server_stopped, "stopped");
  } catch (const std::exception& e) {
    telemetry::log().write(log_level::error, events::server_failed, e.what());
  }
  telemetry::log().stop();
  return code;
}

int mock(const providers::mock::mock_options& options) {
  const signal_wait signals;
  providers::mock::mock_server server{options};
  if (const auto problem = server.start()) {
    std::fprintf(stderr, "tributary mock: %s\n", problem->c_str());
    return exit_failure;
  }
  std::fprintf(stderr, "tributary mock: %s\n", server.overview().c_str());
  signals.wait([](int) {});
  server.stop();
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  CLI::App app{"Tributary: one request, many upstreams, one honest answer"};
  app.require_subcommand(1);
  std::string file;
  const auto add_file = [&](CLI::App* command) {
    command->add_option("-c,--config", file, "configuration file; default: the shipped one")
        ->type_name("FILE");
  };

  auto* serve_command = app.add_subcommand("serve", "serve the endpoints of the configuration");
  add_file(serve_command);

  auto roles = http::server::all_roles();
  serve_command->add_option("--roles", roles, "what this process does; default: all of it")
      ->delimiter(',')
      ->type_name("ROLE,...")
      ->check([](const std::string& role) { return http::server::judge_role(role); });

  auto as_json = false;
  auto print = false;
  auto* check_command = app.add_subcommand("check", "check a configuration; exits 0, 1 or 2");
  add_file(check_command);
  check_command->add_flag("--json", as_json, "tell errors as JSON on standard output");
  check_command->add_flag("--print", print, "print it with all defaults, secrets redacted");

  providers::mock::mock_options mocked;
  std::vector<std::string> knobs;
  auto* mock_command = app.add_subcommand("mock", "run the stand-in upstreams");
  mock_command->add_option("--address", mocked.address, "address to listen on")
      ->capture_default_str();
  for (auto& each : mocked.ports) {
    mock_command->add_option("--" + std::string{each.on->name}, each.number, each.help())
        ->capture_default_str();
  }
  mock_command->add_option("--seed", mocked.seed, "of data and mishaps")->capture_default_str();
  mock_command->add_option("--threads", mocked.threads, "event loops")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  mock_command
      ->add_option("--webhook-secret", mocked.webhook_secret,
                   "that vendors sign webhooks with: whsec_…, two with a comma")
      ->envname("VENDOR_WEBHOOK_SECRET")
      ->check([](const std::string& text) {
        const auto parsed = providers::vendors::parse_webhook_secrets(text);
        const auto* why = std::get_if<std::string>(&parsed);
        return why == nullptr ? std::string{} : *why;
      });
  mock_command->add_option("--knob", knobs, "SERVICE.KEY=VALUE, such as customer.latency_ms=50");
  mock_command->footer(mocked.overview());

  auto* version_command = app.add_subcommand("version", "print the version");

  try {
    app.parse(argc, argv);
    for (const auto& knob : knobs) {
      if (const auto problem = mocked.apply_knob(knob)) {
        throw CLI::ValidationError{"--knob", *problem};
      }
    }
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? EXIT_SUCCESS : exit_usage;
  }
  if (*serve_command) return serve(file, roles);
  if (*check_command) return check(file, as_json, print);
  if (*mock_command) return mock(mocked);
  if (*version_command) std::printf("tributary %s\n", TRIBUTARY_VERSION);
  return EXIT_SUCCESS;
}
