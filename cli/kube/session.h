// What the commands for the daemon's API share: the connection, the types that there are, the
// namespace, and how failures are told.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"
#include "supervisor/client/api.h"
#include "supervisor/client/catalogue.h"

namespace podrun::kube {

using cli::Arguments;
using cli::UsageError;
using client::Json;
using client::Refused;
using client::ResourceType;
using Query = std::vector<std::pair<std::string, std::string>>;

class Session {
 public:
  explicit Session(const Arguments& arguments);
  /// Failures that were not told are.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Arguments& arguments() const { return arguments_; }
  const client::Api& api() const { return api_; }
  const client::Catalogue& catalogue();
  /// Throws Error where the server has no such type.
  const ResourceType& type(const std::string& word);
  /// The type of an object. Throws Error.
  const ResourceType& type_of(const Json& object);

  /// "" with --all-namespaces.
  const std::string& space() const { return space_; }
  bool is_space_given() const { return arguments_.has("namespace"); }

  /// Takes the failure down: the others are tried all the same, and the exit code is 1.
  void failed(const std::exception& error);
  void failed(const std::string& line);
  /// Tells the failures first, all together: alone, an invalid object is told otherwise.
  int exit_code();

 private:
  const Arguments& arguments_;
  client::Api api_;
  std::optional<client::Catalogue> catalogue_;
  std::string space_;
  struct Failure {
    std::string alone, among_others;
  };
  void tell_failures();

  std::vector<Failure> failures_;
  int exit_code_ = 0;
};

/// As kubectl begins what it did not get from the server: "error: …".
std::string failure_line(const std::exception& error);

void print(const std::string& text);
void print_error(const std::string& line);

/// A number in a flag's value. Throws UsageError.
std::int64_t number_of(const Arguments& arguments, std::string_view flag);

}  // namespace podrun::kube
