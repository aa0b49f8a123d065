#include "supervisor/client/taint_words.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "supervisor/api/json_path.h"

namespace podrun::client {
namespace {

constexpr std::array<std::string_view, 3> kEffects = {"NoSchedule", "PreferNoSchedule",
                                                      "NoExecute"};

bool is_taint(const std::string& word) {
  return word.find_first_of("=:") != std::string::npos || (word.size() > 1 && word.back() == '-');
}

void check_effect(const std::string& effect, const std::string& word) {
  if (std::find(kEffects.begin(), kEffects.end(), effect) == kEffects.end()) {
    throw BadInput("invalid taint effect: " + effect + ", unsupported taint effect in \"" + word +
                   "\": NoSchedule, PreferNoSchedule or NoExecute");
  }
}

Json removal_of(const std::string& word) {
  const std::string body = word.substr(0, word.size() - 1);
  const std::size_t colon = body.find(':');
  Json taint = {{"key", body.substr(0, std::min(colon, body.find('=')))}};
  if (colon != std::string::npos) {
    taint["effect"] = body.substr(colon + 1);
    check_effect(body.substr(colon + 1), word);
  }
  return taint;
}

Json taint_of(const std::string& word) {
  const std::size_t colon = word.rfind(':');
  if (colon == std::string::npos) {
    throw BadInput("invalid taint spec: \"" + word + "\": KEY=VALUE:EFFECT, KEY:EFFECT or KEY-");
  }
  const std::string effect = word.substr(colon + 1);
  check_effect(effect, word);
  const std::string name = word.substr(0, colon);
  const std::size_t equals = name.find('=');
  Json taint = {{"key", name.substr(0, equals)}, {"effect", effect}};
  if (equals != std::string::npos) taint["value"] = name.substr(equals + 1);
  return taint;
}

/// Of the same key, and of the same effect where one is asked for.
bool is_meant(const Json& taint, const Json& by) {
  const std::string effect = api::text_at(by, "effect");
  return api::text_at(taint, "key") == api::text_at(by, "key") &&
         (effect.empty() || api::text_at(taint, "effect") == effect);
}

/// As Go shows one: "{a c NoSchedule <nil>}".
std::string shown(const Json& taint) {
  return "{" + api::text_at(taint, "key") + " " + api::text_at(taint, "value") + " " +
         api::text_at(taint, "effect") + " <nil>}";
}

void refuse_duplicates(const Json& taints) {
  for (auto one = taints.begin(); one != taints.end(); ++one) {
    if (std::any_of(taints.begin(), one,
                    [&](const Json& before) { return is_meant(before, *one); })) {
      throw BadInput("duplicated taints with the same key and effect: " + shown(*one));
    }
  }
}

void refuse_both_ways(const TaintWords& words) {
  std::string both;
  for (const Json& gone : words.removed) {
    for (const Json& taint : words.set) {
      if (!is_meant(taint, gone)) continue;
      both += (both.empty() ? "" : ",") + api::text_at(taint, "key") + "=" +
              api::text_at(gone, "effect");
    }
  }
  if (both.empty()) return;
  throw BadInput("can not both modify and remove the following taint(s) in the same command: " +
                 both);
}

}  // namespace

TaintWords parse_taint_words(const std::vector<std::string>& words) {
  TaintWords parsed;
  for (const std::string& word : words) {
    if (!is_taint(word)) {
      parsed.objects.push_back(word);
    } else if (word.back() == '-') {
      parsed.removed.push_back(removal_of(word));
    } else {
      parsed.set.push_back(taint_of(word));
    }
  }
  if (parsed.set.empty() && parsed.removed.empty()) {
    throw BadInput("at least one taint update is required: KEY=VALUE:EFFECT, KEY:EFFECT or KEY-");
  }
  refuse_duplicates(parsed.set);
  refuse_both_ways(parsed);
  return parsed;
}

TaintChange change_taints(const std::string& node, const Json& present, const TaintWords& words,
                          bool overwrite) {
  Json taints = present.is_array() ? present : Json::array();
  auto& list = taints.get_ref<Json::array_t&>();
  for (const Json& gone : words.removed) {
    const auto count =
        std::erase_if(list, [&](const Json& taint) { return is_meant(taint, gone); });
    if (count > 0) continue;
    const std::string effect = api::text_at(gone, "effect");
    throw Error("taint \"" + api::text_at(gone, "key") + (effect.empty() ? "" : ":" + effect) +
                "\" not found");
  }
  for (const Json& taint : words.set) {
    const auto same = std::find_if(list.begin(), list.end(),
                                   [&](const Json& each) { return is_meant(each, taint); });
    if (same == list.end()) {
      list.push_back(taint);
    } else if (overwrite) {
      *same = taint;
    } else {
      throw Error("node " + node + " already has " + api::text_at(taint, "key") +
                  " taint(s) with same effect(s) and --overwrite is false");
    }
  }
  const bool both = !words.set.empty() && !words.removed.empty();
  return {std::move(taints), both ? "modified" : words.set.empty() ? "untainted" : "tainted"};
}

}  // namespace podrun::client
