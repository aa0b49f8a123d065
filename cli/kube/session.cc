#include "cli/kube/session.h"

#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "base/files.h"
#include "base/go_duration.h"
#include "cli/daemon_socket.h"
#include "supervisor/api/json_path.h"

namespace podrun::kube {
namespace {

constexpr const char* kDiscovery =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// A number of seconds, or a duration.
Nanoseconds request_timeout_of(const Arguments& arguments) {
  std::string text = arguments.value("request-timeout");
  if (text.empty()) return Nanoseconds(0);
  if (text.find_first_not_of("0123456789") == std::string::npos) text += "s";
  try {
    return parse_duration(text);
  } catch (const BadInput&) {
    throw Error(
        "Invalid timeout value. Timeout must be a single integer in seconds, or an integer "
        "followed by a corresponding time unit (e.g. 1s | 2m | 3h)");
  }
}

}  // namespace

void print(const std::string& text) { write_all(STDOUT_FILENO, text, "standard output"); }

void print_error(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

std::string failure_line(const std::exception& error) {
  if (dynamic_cast<const Refused*>(&error) != nullptr ||
      dynamic_cast<const client::RequestTimedOut*>(&error) != nullptr) {
    return error.what();
  }
  return std::string("error: ") + error.what();
}

Session::Session(const Arguments& arguments)
    : arguments_(arguments),
      api_(cli::daemon_socket(arguments),
           [](const std::string& text) { print_error("Warning: " + text); }),
      space_(arguments.has("all-namespaces") ? "" : arguments.value("namespace")) {
  api_.set_request_timeout(request_timeout_of(arguments));
}

const client::Catalogue& Session::catalogue() {
  if (!catalogue_) {
    catalogue_.emplace(api_.get("/api", {}, kDiscovery), api_.get("/apis", {}, kDiscovery));
  }
  return *catalogue_;
}

const ResourceType& Session::type(const std::string& word) {
  const ResourceType* found = catalogue().find(word);
  if (found == nullptr) {
    throw Error("the server doesn't have a resource type \"" + word.substr(0, word.find('.')) +
                "\"");
  }
  return *found;
}

const ResourceType& Session::type_of(const Json& object) {
  const std::string version = api::text_at(object, "apiVersion"),
                    kind = api::text_at(object, "kind");
  const ResourceType* found = catalogue().find_kind(version, kind);
  if (found == nullptr) {
    throw Error("no matches for kind \"" + kind + "\" in version \"" + version + "\"");
  }
  return *found;
}

Session::~Session() { tell_failures(); }

void Session::failed(const std::exception& error) {
  const auto* refused = dynamic_cast<const Refused*>(&error);
  const std::string line = failure_line(error);
  failures_.push_back({line, refused != nullptr ? refused->among_others() : line});
  exit_code_ = 1;
}

void Session::failed(const std::string& line) {
  failures_.push_back({line, line});
  exit_code_ = 1;
}

int Session::exit_code() {
  tell_failures();
  return exit_code_;
}

void Session::tell_failures() {
  const bool alone = failures_.size() == 1;
  for (const Failure& failure : failures_) {
    print_error(alone ? failure.alone : failure.among_others);
  }
  failures_.clear();
}

std::int64_t number_of(const Arguments& arguments, std::string_view flag) {
  const std::string text = arguments.value(flag);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    throw UsageError("invalid value \"" + text + "\" for --" + std::string(flag) + ": a number");
  }
  return number;
}

}  // namespace podrun::kube
