#include "supervisor/api/list_options.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/go_number.h"
#include "base/go_text.h"
#include "supervisor/api/api_error.h"
#include "supervisor/api/call.h"

namespace podrun::api {
namespace {

constexpr std::string_view kExact = "Exact", kNotOlder = "NotOlderThan";

class Checks {
 public:
  void forbid(const char* field, const std::string& why) {
    causes_.push_back({"FieldValueForbidden", "Forbidden: " + why, field});
  }
  void unsupported(std::string_view value, const char* supported) {
    causes_.push_back({"FieldValueNotSupported",
                       "Unsupported value: " + go_quote(value) + ": supported values: " + supported,
                       "resourceVersionMatch"});
  }
  void finish() {
    if (!causes_.empty()) {
      throw invalid({"meta.k8s.io", "", "ListOptions", ""}, std::move(causes_));
    }
  }

 private:
  std::vector<Cause> causes_;
};

void check_watch_match(const Request& request, std::string_view match, bool initial,
                       Checks& checks) {
  if (initial && match != kNotOlder) {
    checks.forbid("resourceVersionMatch",
                  "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }
  if (match.empty()) return;
  if (!initial) {
    checks.forbid(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  }
  if (match != kNotOlder) checks.unsupported(match, "\"NotOlderThan\"");
  if (!request.parameter("continue").empty()) {
    checks.forbid("resourceVersionMatch",
                  "resourceVersionMatch is forbidden when continue is provided");
  }
}

void check_list_match(const Request& request, std::string_view match, Checks& checks) {
  const std::string_view revision = request.parameter("resourceVersion");
  if (revision.empty()) {
    checks.forbid("resourceVersionMatch",
                  "resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (!request.parameter("continue").empty()) {
    checks.forbid("resourceVersionMatch",
                  "resourceVersionMatch is forbidden when continue is provided");
  }
  if (match != kExact && match != kNotOlder) {
    checks.unsupported(match, R"("Exact", "NotOlderThan", "")");
  }
  if (match == kExact && revision == "0") {
    checks.forbid("resourceVersionMatch",
                  R"(resourceVersionMatch "exact" is forbidden for resourceVersion "0")");
  }
}

}  // namespace

void check_list_options(const Request& request, bool watch) {
  Checks checks;
  const std::string_view match = request.parameter("resourceVersionMatch");
  const bool initial = !request.parameter("sendInitialEvents").empty();
  if (watch) {
    check_watch_match(request, match, initial, checks);
  } else {
    if (!match.empty()) check_list_match(request, match, checks);
    if (initial) checks.forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
  }
  checks.finish();
  const std::string_view revision = request.parameter("resourceVersion");
  if (!watch && !request.parameter("continue").empty() && !revision.empty() && revision != "0") {
    throw bad_request("specifying resource version is not allowed when using continue");
  }
}

std::int64_t revision_parameter(const Request& request) {
  const std::string_view text = request.parameter("resourceVersion");
  if (text.empty()) return 0;
  try {
    constexpr auto kLast = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    return static_cast<std::int64_t>(std::min(go_parse_uint(text), kLast));
  } catch (const BadInput& error) {
    throw ApiError(500, "",
                   "resourceVersion: Invalid value: " + go_quote(text) + ": " + error.what());
  }
}

void check_list_revision(const Request& request, std::int64_t current) {
  if (request.parameter("resourceVersion").empty()) return;
  std::int64_t wanted = 0;
  try {
    wanted = revision_parameter(request);
  } catch (const ApiError& error) {
    throw bad_request(std::string("invalid resource version: ") + error.what());
  }
  if (wanted > current) {
    throw timed_out("Too large resource version: " + std::to_string(wanted) +
                    ", current: " + std::to_string(current))
        .because({{"ResourceVersionTooLarge", "Too large resource version", ""}})
        .retry_after(1);
  }
  if (request.parameter("resourceVersionMatch") == kExact && wanted != current) {
    throw expired("The resourceVersion for the provided list is too old.");
  }
}

}  // namespace podrun::api
