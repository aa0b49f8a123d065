// What `wait` waits for, and how far a rollout is. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "supervisor/client/path_template.h"

namespace podrun::client {

struct UntilCreated {};
struct UntilDeleted {};
/// status.conditions has the type with the status; both in any case.
struct UntilCondition {
  std::string type, status;
};
/// The path has the value, or, without one, any.
struct UntilPath {
  PathTemplate path;
  std::optional<std::string> value;
};
using Until = std::variant<UntilCreated, UntilDeleted, UntilCondition, UntilPath>;

/// Of --for. Throws Error: `unrecognized condition: "foo"`.
Until parse_until(const std::string& text);

/// Whether an object that is there is as wanted. A condition that tells of an older generation of
/// the object does not count.
bool is_reached(const Until& until, const Json& object);

/// A deployment's rollout (kubectl's status viewer).
struct RolloutState {
  bool done = false;
  std::string text;  // a line, without its end
};
/// Throws Error where it cannot succeed any more, or where `revision` (not 0) is not the one that
/// is rolled out.
RolloutState rollout_state(const Json& deployment, std::int64_t revision);

inline constexpr const char* kRevision = "deployment.kubernetes.io/revision";

}  // namespace podrun::client
