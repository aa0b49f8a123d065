#include "cli/check.h"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/output.h"
#include "cli/roots.h"

namespace podrun::cli {
namespace {

std::string color_of(check::State state) {
  switch (state) {
    case check::State::kOk:
      return "\x1b[32m";
    case check::State::kDegraded:
      return "\x1b[33m";
    case check::State::kMissing:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

std::string check_text(const std::vector<check::Finding>& findings, bool color) {
  std::size_t topic_width = 0;
  for (const auto& finding : findings) topic_width = std::max(topic_width, finding.topic.size());
  std::string text;
  for (const auto& finding : findings) {
    std::string state = check::to_string(finding.state), topic = finding.topic;
    state.resize(8, ' ');
    topic.resize(topic_width, ' ');
    if (color) state = color_of(finding.state) + state + "\x1b[0m";
    text += state + "  " + topic + "  " + finding.found;
    if (!finding.effect.empty()) text += ": " + finding.effect;
    if (!finding.advice.empty()) text += " -> " + finding.advice;
    text += "\n";
  }
  return text;
}

std::string check_json(const std::vector<check::Finding>& findings) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (const auto& finding : findings) {
    nlohmann::ordered_json one{{"topic", finding.topic},
                               {"state", check::to_string(finding.state)},
                               {"found", finding.found}};
    if (!finding.effect.empty()) one["effect"] = finding.effect;
    if (!finding.advice.empty()) one["advice"] = finding.advice;
    checks.push_back(one);
  }
  const nlohmann::ordered_json all{{"ok", !check::any_missing(findings)}, {"checks", checks}};
  return all.dump(2) + "\n";
}

int check_host(const Arguments& arguments) {
  const auto findings = check::assess(check::gather_facts(roots_of(arguments).data_dir));
  const bool json = arguments.value("output") == "json";
  const bool color = look_of(STDOUT_FILENO, arguments.has("no-color")).color;
  write_all(STDOUT_FILENO, json ? check_json(findings) : check_text(findings, color),
            "standard output");
  return check::any_missing(findings) ? 1 : 0;
}

}  // namespace podrun::cli
