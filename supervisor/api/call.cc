#include "supervisor/api/call.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>

#include "base/go_text.h"
#include "supervisor/api/field_selector.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::api {
namespace {

using store::Json;

std::int64_t integer(std::string_view name, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw bad_request(std::string(name) + ": Invalid value: \"" + std::string(text) +
                      "\": must be an integer");
  }
  return number;
}

/// Null stands for a field that is not there.
void drop_nulls(Json& object) {
  for (auto field = object.begin(); field != object.end();) {
    field = field->is_null() ? object.erase(field) : std::next(field);
  }
}

/// fieldManager, or how the client calls itself.
std::string field_manager(const Request& request) {
  constexpr std::size_t kLongest = 128;
  const std::string_view given = request.parameter("fieldManager");
  if (given.size() > kLongest) {
    throw bad_request("fieldManager: Too long: may not be more than 128 bytes");
  }
  const auto printable = [](unsigned char c) { return c >= ' ' && c != 0x7f; };
  if (!std::all_of(given.begin(), given.end(), printable)) {
    throw bad_request("fieldManager: Invalid value: " + go_quote(given) +
                      ": should only contain printable characters");
  }
  if (!given.empty()) return std::string(given);
  std::string agent(request.header("user-agent").substr(0, kLongest));
  agent.resize(std::min(agent.find('/'), agent.size()));
  std::erase_if(agent, [&](unsigned char c) { return !printable(c); });
  return agent.empty() ? "unknown" : agent;
}

}  // namespace

WriteOptions ApiServer::Call::write_options() const {
  WriteOptions options;
  for (const std::string_view value : request.parameters("dryRun")) {
    if (value != "All") {
      throw bad_request("dryRun: Unsupported value: \"" + std::string(value) +
                        "\": supported values: \"All\"");
    }
    options.dry_run = true;
  }
  options.field_manager = field_manager(request);
  options.subresource = info.subresource;
  options.field_validation = request.parameter("fieldValidation");
  const std::string& wanted = options.field_validation;
  if (!wanted.empty() && wanted != "Ignore" && wanted != "Warn" && wanted != "Strict") {
    throw bad_request("fieldValidation: Unsupported value: \"" + wanted +
                      "\": supported values: \"Ignore\", \"Strict\", \"Warn\"");
  }
  return options;
}

std::int64_t ApiServer::Call::revision() const {
  const std::string_view text = request.parameter("resourceVersion");
  return text.empty() ? 0 : integer("resourceVersion", text);
}

std::function<bool(const Json&)> ApiServer::Call::filter() const {
  const auto labels = std::make_shared<const manifest::LabelSelector>(
      manifest::LabelSelector::parse(request.parameter("labelSelector")));
  const auto fields = std::make_shared<const FieldSelector>(
      FieldSelector::parse(request.parameter("fieldSelector"), storage()));
  const std::string name = info.name;  // a watch on one object
  return [labels, fields, name](const Json& object) {
    const Json& meta = object.at("metadata");
    if (!name.empty() && meta.value("name", "") != name) return false;
    return labels->matches_object(object) && fields->matches(object);
  };
}

bool ApiServer::Call::wants_all() const {
  return request.parameter("labelSelector").empty() && request.parameter("fieldSelector").empty() &&
         info.name.empty();
}

DeleteOptions delete_options(const Request& request) {
  DeleteOptions options;
  Json body = Json::object();
  if (!request.body.empty()) {
    body = Json::parse(request.body, nullptr, false);
    if (!body.is_object()) throw bad_request("the body is not a DeleteOptions object");
    drop_nulls(body);
  }
  try {
    if (body.contains("gracePeriodSeconds")) {
      options.grace_period_seconds = body["gracePeriodSeconds"].get<std::int64_t>();
    }
    options.propagation_policy = body.value("propagationPolicy", "");
    // Clients of before 1.7 have a boolean.
    if (body.contains("orphanDependents") && body["orphanDependents"].is_boolean()) {
      options.propagation_policy = body["orphanDependents"].get<bool>() ? "Orphan" : "Background";
    }
    Json conditions = body.value("preconditions", Json::object());
    drop_nulls(conditions);
    options.uid = conditions.value("uid", "");
    options.resource_version = conditions.value("resourceVersion", "");
  } catch (const nlohmann::json::exception& error) {
    throw bad_request(std::string("DeleteOptions cannot be decoded: ") + error.what());
  }
  if (request.has_parameter("gracePeriodSeconds")) {
    options.grace_period_seconds =
        integer("gracePeriodSeconds", request.parameter("gracePeriodSeconds"));
  }
  if (request.has_parameter("propagationPolicy")) {
    options.propagation_policy = request.parameter("propagationPolicy");
  }
  const std::string& policy = options.propagation_policy;
  if (!policy.empty() && policy != "Orphan" && policy != "Background" && policy != "Foreground") {
    throw bad_request(
        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"" +
        policy + "\": supported values: \"Background\", \"Foreground\", \"Orphan\"");
  }
  return options;
}

}  // namespace podrun::api
