#include "cli/verdict.h"

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "supervisor/pod/junit.h"
#include "supervisor/pod/report.h"

namespace podrun::cli {
namespace {

using Json = nlohmann::ordered_json;

std::vector<pod::PodReport> parse_reports(const std::vector<std::string>& texts) {
  std::vector<pod::PodReport> reports;
  for (const std::string& text : texts) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_object()) reports.push_back(pod::pod_report_from_json(json));
  }
  return reports;
}

}  // namespace

Wishes wishes_of(const Arguments& arguments) {
  Wishes wishes{arguments.value("report"), arguments.value("junit"), {}};
  for (const std::string& text : arguments.values("expect")) {
    wishes.expectations.push_back(pod::Expectation::parse(text));
  }
  return wishes;
}

std::string merged_report(const std::vector<std::string>& reports) {
  if (reports.size() == 1) {
    const Json one = Json::parse(reports.front(), nullptr, false);
    return (one.is_discarded() ? Json::object() : one).dump(2) + "\n";
  }
  Json items = Json::array();
  for (const std::string& text : reports) {
    const Json one = Json::parse(text, nullptr, false);
    if (!one.is_discarded()) items.push_back(one);
  }
  return Json{{"items", items}}.dump(2) + "\n";
}

Verdict judge(const Wishes& wishes, const std::vector<std::string>& reports, WallTime started,
              Nanoseconds duration) {
  if (!wishes.report_file.empty()) replace_file(wishes.report_file, merged_report(reports));
  Verdict verdict;
  if (wishes.expectations.empty() && wishes.junit_file.empty()) return verdict;
  const auto results = pod::evaluate(wishes.expectations, parse_reports(reports));
  for (const pod::ExpectationResult& result : results) {
    if (result.holds()) continue;
    verdict.holds = false;
    verdict.lines.push_back(result.line());
  }
  if (!wishes.junit_file.empty()) {
    replace_file(wishes.junit_file, pod::junit_xml({"podrun", started, duration}, results));
  }
  return verdict;
}

}  // namespace podrun::cli
