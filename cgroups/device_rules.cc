#include "cgroups/device_rules.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"

namespace podrun::cgroups {

namespace {

constexpr char kAny = 'a', kBlock = 'b', kChar = 'c';

bool is_everything(const DeviceRule& rule) {
  return rule.type == kAny && !rule.major && !rule.minor &&
         parse_device_access(rule.access) == kAccessAll;
}

// Whether all devices that `inner` names are named by `outer` too.
bool covers(const DeviceRule& outer, const DeviceRule& inner) {
  return (outer.type == kAny || outer.type == inner.type) &&
         (!outer.major || outer.major == inner.major) &&
         (!outer.minor || outer.minor == inner.minor);
}

// Whether some device is named by both.
bool overlap(const DeviceRule& a, const DeviceRule& b) {
  return (a.type == kAny || b.type == kAny || a.type == b.type) &&
         (!a.major || !b.major || a.major == b.major) &&
         (!a.minor || !b.minor || a.minor == b.minor);
}

void check(const DeviceRule& rule) {
  constexpr std::int64_t kMaxNumber = 0xffffffff;
  const auto is_number = [](const std::optional<std::int64_t>& number) {
    return !number || (*number >= 0 && *number <= kMaxNumber);
  };
  if (rule.type != kAny && rule.type != kBlock && rule.type != kChar)
    throw BadInput(std::string("device rule: type \"") + rule.type + "\" is none of a, b, c");
  if (!is_number(rule.major) || !is_number(rule.minor))
    throw BadInput("device rule: a device number out of range in \"" + device_rule_text(rule) +
                   "\"");
  parse_device_access(rule.access);
}

}  // namespace

std::uint32_t parse_device_access(const std::string& letters) {
  std::uint32_t access = 0;
  for (const char letter : letters) {
    if (letter == 'r')
      access |= kAccessRead;
    else if (letter == 'w')
      access |= kAccessWrite;
    else if (letter == 'm')
      access |= kAccessMknod;
    else
      throw BadInput("device rule: access \"" + letters + "\" has more than the letters r, w, m");
  }
  return access;
}

std::string device_access_text(std::uint32_t access) {
  std::string letters;
  if ((access & kAccessRead) != 0) letters += 'r';
  if ((access & kAccessWrite) != 0) letters += 'w';
  if ((access & kAccessMknod) != 0) letters += 'm';
  return letters;
}

std::string device_name_text(const DeviceRule& rule) {
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : std::string("*");
  };
  return std::string(1, rule.type) + " " + number(rule.major) + ":" + number(rule.minor);
}

std::string device_rule_text(const DeviceRule& rule) {
  return device_name_text(rule) + " " + rule.access;
}

std::vector<DeviceRule> simplify(const std::vector<DeviceRule>& rules) {
  std::vector<DeviceRule> kept;
  for (const DeviceRule& rule : rules) {
    check(rule);
    const std::uint32_t access = parse_device_access(rule.access);
    if (access == 0) continue;
    std::erase_if(kept, [&](const DeviceRule& earlier) {
      return covers(rule, earlier) && (parse_device_access(earlier.access) & ~access) == 0;
    });
    kept.push_back(rule);
    kept.back().access = device_access_text(access);
  }
  if (!kept.empty() && is_everything(kept.front()) && !kept.front().allow)
    kept.erase(kept.begin());  // nothing is allowed before it anyway
  return kept;
}

bool allows(const std::vector<DeviceRule>& rules, char type, std::int64_t major, std::int64_t minor,
            std::uint32_t access) {
  const DeviceRule device{.type = type, .major = major, .minor = minor};
  std::uint32_t open = access;  // not decided yet
  for (auto rule = rules.rbegin(); rule != rules.rend() && open != 0; ++rule) {
    if (!covers(*rule, device)) continue;
    const std::uint32_t named = parse_device_access(rule->access);
    if (rule->allow)
      open &= ~named;
    else if ((open & named) != 0)
      return false;
  }
  return open == 0;
}

namespace {

DeviceRule exception_of(const DeviceRule& rule, char type) {
  DeviceRule exception = rule;
  exception.type = type;
  return exception;
}

void add_exception(std::vector<DeviceRule>& exceptions, const DeviceRule& added) {
  for (DeviceRule& exception : exceptions) {
    if (!covers(exception, added) || !covers(added, exception)) continue;
    exception.access = device_access_text(parse_device_access(exception.access) |
                                          parse_device_access(added.access));
    return;
  }
  exceptions.push_back(added);
}

// Takes `removed` out of the exceptions.
void remove_exception(std::vector<DeviceRule>& exceptions, const DeviceRule& removed) {
  const std::uint32_t access = parse_device_access(removed.access);
  std::vector<DeviceRule> left;
  for (DeviceRule exception : exceptions) {
    const std::uint32_t before = parse_device_access(exception.access);
    if (overlap(exception, removed) && (before & access) != 0) {
      if (!covers(removed, exception))
        throw BadInput("device rules: \"" + device_rule_text(removed) +
                           "\" is an exception from \"" + device_rule_text(exception) + "\"",
                       "cgroup v1 has no exceptions from exceptions");
      exception.access = device_access_text(before & ~access);
    }
    if (!exception.access.empty()) left.push_back(std::move(exception));
  }
  exceptions = std::move(left);
}

}  // namespace

DeviceList to_v1_list(const std::vector<DeviceRule>& rules) {
  DeviceList list;
  for (const DeviceRule& rule : simplify(rules)) {
    if (is_everything(rule)) {
      list = {.allow_others = rule.allow};
      continue;
    }
    for (const char type : {kBlock, kChar}) {
      if (rule.type != kAny && rule.type != type) continue;
      const DeviceRule exception = exception_of(rule, type);
      if (rule.allow != list.allow_others)
        add_exception(list.exceptions, exception);
      else
        remove_exception(list.exceptions, exception);
    }
  }
  return list;
}

}  // namespace podrun::cgroups
