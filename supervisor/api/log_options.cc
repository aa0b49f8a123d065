#include "supervisor/api/log_options.h"

#include <utility>
#include <vector>

#include "base/error.h"
#include "base/go_text.h"
#include "supervisor/api/api_error.h"
#include "supervisor/api/call.h"

namespace podrun::api {
namespace {

std::optional<std::int64_t> number(const Request& request, const char* name) {
  if (request.parameter(name).empty()) return {};
  return integer_parameter(request, name);
}

void check_least(const char* field, const std::optional<std::int64_t>& number, std::int64_t least,
                 std::vector<Cause>& causes) {
  if (!number || *number >= least) return;
  const char* rule = least == 0 ? "must be greater than or equal to 0" : "must be greater than 0";
  causes.push_back(
      {"FieldValueInvalid", "Invalid value: " + std::to_string(*number) + ": " + rule, field});
}

}  // namespace

LogOptions log_options(const Request& request, const std::string& pod) {
  LogOptions options;
  options.tail_lines = number(request, "tailLines");
  options.limit_bytes = number(request, "limitBytes");
  options.since_seconds = number(request, "sinceSeconds");
  if (!request.parameter("sinceTime").empty()) {
    try {
      options.since_time = parse_rfc3339(request.parameter("sinceTime"));
    } catch (const Error& error) {
      throw bad_request(std::string("sinceTime: ") + error.what());
    }
  }
  if (!request.parameter("stream").empty()) options.stream = request.parameter("stream");
  std::vector<Cause> causes;
  check_least("tailLines", options.tail_lines, 0, causes);
  check_least("limitBytes", options.limit_bytes, 1, causes);
  if (options.since_seconds && options.since_time) {
    causes.push_back({"FieldValueForbidden",
                      "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
                      ""});
  } else {
    check_least("sinceSeconds", options.since_seconds, 1, causes);
  }
  const std::string& stream = options.stream;
  if (stream != "All" && stream != "Stdout" && stream != "Stderr") {
    causes.push_back({"FieldValueNotSupported",
                      "Unsupported value: " + go_quote(stream) +
                          R"(: supported values: "All", "Stderr", "Stdout")",
                      "stream"});
  }
  if (stream != "All" && options.tail_lines) {
    causes.push_back({"FieldValueForbidden",
                      "Forbidden: `tailLines` and specific `stream` are mutually exclusive for now",
                      ""});
  }
  if (!causes.empty()) throw invalid({"", "", "PodLogOptions", pod}, std::move(causes));
  return options;
}

}  // namespace podrun::api
