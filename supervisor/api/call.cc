#include "supervisor/api/call.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "base/error.h"
#include "base/go_number.h"
#include "base/go_text.h"
#include "supervisor/api/field_selector.h"
#include "supervisor/api/list_options.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::api {
namespace {

using store::Json;

/// Null stands for a field that is not there.
void drop_nulls(Json& object) {
  for (auto field = object.begin(); field != object.end();) {
    field = field->is_null() ? object.erase(field) : std::next(field);
  }
}

/// fieldManager, or how the client calls itself.
std::string field_manager(const Request& request, std::vector<Cause>& causes) {
  constexpr std::size_t kLongest = 128;
  const std::string_view given = request.parameter("fieldManager");
  if (given.size() > kLongest) {
    causes.push_back(
        {"FieldValueTooLong", "Too long: may not be more than 128 bytes", "fieldManager"});
  }
  const auto printable = [](unsigned char c) { return c >= ' ' && c != 0x7f; };
  if (!std::all_of(given.begin(), given.end(), printable)) {
    causes.push_back(
        {"FieldValueInvalid",
         "Invalid value: " + go_quote(given) + ": should only contain printable characters",
         "fieldManager"});
  }
  if (!given.empty()) return std::string(given);
  std::string agent(request.header("user-agent").substr(0, kLongest));
  agent.resize(std::min(agent.find('/'), agent.size()));
  std::erase_if(agent, [&](unsigned char c) { return !printable(c); });
  return agent.empty() ? "unknown" : agent;
}

std::vector<std::string> strings_of(const std::vector<std::string_view>& texts) {
  return {texts.begin(), texts.end()};
}

Cause not_supported(const char* field, const std::string& value, const std::string& supported) {
  return {"FieldValueNotSupported",
          "Unsupported value: " + value + ": supported values: " + supported, field};
}

/// metav1 validation, ValidateDryRun: "All" alone is one.
bool asks_for_dry_run(const std::vector<std::string>& values, std::vector<Cause>& causes) {
  if (values.empty()) return false;
  if (std::all_of(values.begin(), values.end(), [](const auto& value) { return value == "All"; })) {
    return true;
  }
  std::string all;
  for (const std::string& value : values) all += (all.empty() ? "" : ", ") + go_quote(value);
  causes.push_back(not_supported("dryRun", "[]string{" + all + "}", "\"All\""));
  return true;
}

/// Of the options that a write of this kind has.
Subject options_subject(const std::string& verb) {
  const char* kind = verb == "create"                                 ? "CreateOptions"
                     : verb == "patch"                                ? "PatchOptions"
                     : verb == "delete" || verb == "deletecollection" ? "DeleteOptions"
                                                                      : "UpdateOptions";
  return {"meta.k8s.io", "", kind, ""};
}

/// What the body says; what is missing stays.
void read_delete_body(const Json& body, DeleteOptions& options, std::vector<Cause>& causes) {
  if (body.contains("gracePeriodSeconds")) {
    options.grace_period_seconds = body["gracePeriodSeconds"].get<std::int64_t>();
  }
  options.propagation_policy = body.value("propagationPolicy", "");
  // Clients of before 1.7 have a boolean.
  if (body.contains("orphanDependents")) {
    if (!options.propagation_policy.empty()) {
      causes.push_back({"FieldValueInvalid",
                        "Invalid value: " + go_quote(options.propagation_policy) +
                            ": orphanDependents and deletionPropagation cannot be both set",
                        "propagationPolicy"});
    }
    options.propagation_policy = body["orphanDependents"].get<bool>() ? "Orphan" : "Background";
  }
  options.dry_run = asks_for_dry_run(body.value("dryRun", std::vector<std::string>()), causes);
  Json conditions = body.value("preconditions", Json::object());
  drop_nulls(conditions);
  options.uid = conditions.value("uid", "");
  options.resource_version = conditions.value("resourceVersion", "");
}

}  // namespace

std::int64_t integer_parameter(const Request& request, std::string_view name) {
  try {
    return go_parse_int(request.parameter(name));
  } catch (const BadInput& error) {
    throw bad_request(error.what());
  }
}

WriteOptions ApiServer::Call::write_options() const {
  WriteOptions options;
  std::vector<Cause> causes;
  options.dry_run = asks_for_dry_run(strings_of(request.parameters("dryRun")), causes);
  options.field_manager = field_manager(request, causes);
  options.subresource = info.subresource;
  options.field_validation = request.parameter("fieldValidation");
  const std::string& wanted = options.field_validation;
  if (!wanted.empty() && wanted != "Ignore" && wanted != "Warn" && wanted != "Strict") {
    causes.push_back(
        not_supported("fieldValidation", go_quote(wanted), R"("Ignore", "Strict", "Warn")"));
  }
  if (!causes.empty()) throw invalid(options_subject(info.verb), std::move(causes));
  return options;
}

std::int64_t ApiServer::Call::revision() const { return revision_parameter(request); }

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
  std::vector<Cause> causes;
  if (!request.body.empty()) {
    Json body = Json::parse(request.body, nullptr, false);
    if (!body.is_object()) throw bad_request("the body is not a DeleteOptions object");
    drop_nulls(body);
    try {
      read_delete_body(body, options, causes);
    } catch (const nlohmann::json::exception& error) {
      throw bad_request(std::string("DeleteOptions cannot be decoded: ") + error.what());
    }
  }
  if (asks_for_dry_run(strings_of(request.parameters("dryRun")), causes)) options.dry_run = true;
  if (request.has_parameter("gracePeriodSeconds")) {
    options.grace_period_seconds = integer_parameter(request, "gracePeriodSeconds");
  }
  if (request.has_parameter("propagationPolicy")) {
    options.propagation_policy = request.parameter("propagationPolicy");
  }
  const std::string& policy = options.propagation_policy;
  if (!policy.empty() && policy != "Orphan" && policy != "Background" && policy != "Foreground") {
    causes.push_back(not_supported("propagationPolicy", go_quote(policy),
                                   R"("Foreground", "Background", "Orphan", "nil")"));
  }
  if (!causes.empty()) throw invalid(options_subject("delete"), std::move(causes));
  return options;
}

}  // namespace podrun::api
