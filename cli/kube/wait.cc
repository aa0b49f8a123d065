// `podrun wait`.
#include <thread>

#include "base/go_duration.h"
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/removal.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/condition.h"
#include "supervisor/client/watch.h"

namespace podrun::kube {
namespace {

constexpr Nanoseconds kAWeek = std::chrono::hours(24 * 7);

struct Patience {
  bool once = false;  // look, and do not wait
  Moment deadline;
};

Patience patience_of(const Arguments& arguments) {
  const std::string text = arguments.value("timeout");
  const bool endless = text.starts_with('-');
  const Nanoseconds time = endless ? kAWeek : parse_duration(text);
  return {time.count() == 0, SystemClock().now() + time};
}

std::string plural_name(const Target& target) { return target.type->resource + "/" + target.name; }

Query query_for(const Target& target) {
  return {{"fieldSelector", "metadata.name=" + target.name}};
}

/// Of a list for one name; null where it is empty.
const Json* only_item(const Json& list) {
  const Json& items = api::at_path(list, "items");
  return items.empty() ? nullptr : &items[0];
}

/// The collection's watch for one name, from a list's version on; `on_object` gets null for what is
/// deleted.
void follow(Session& session, const Target& target, Moment deadline,
            const std::function<bool(const Json*)>& reached) {
  const std::string path = target.type->collection(target.space);
  const Query query = query_for(target);
  while (true) {
    const Json list = session.api().get(path, query);
    if (reached(only_item(list))) return;
    try {
      client::watch(session.api(),
                    {.path = path,
                     .query = query,
                     .version = api::text_at(list, "metadata.resourceVersion"),
                     .deadline = deadline},
                    [&](const std::string& type, const Json& object) {
                      return !reached(type == "DELETED" ? nullptr : &object);
                    });
      return;
    } catch (const Refused& refused) {
      if (refused.code() != 410) throw;  // too old a version: looked at again
    }
  }
}

void await(Session& session, const Target& target, const client::Until& until,
           const Patience& patience, const Change& change) {
  const bool deletion = std::holds_alternative<client::UntilDeleted>(until);
  Json found;
  const auto reached = [&](const Json* object) {
    if (object != nullptr) found = *object;
    if (object == nullptr) return deletion;
    return client::is_reached(until, *object);
  };
  const bool creation = std::holds_alternative<client::UntilCreated>(until);
  if (!deletion && !creation) {
    found = fetch(session, target);  // tells where there is none
  }
  if (patience.once) {
    bool holds = false;
    if (deletion || creation) {
      const Json list = session.api().get(target.type->collection(target.space), query_for(target));
      holds = reached(only_item(list));
    } else {
      holds = reached(&found);
    }
    if (!holds && creation) throw client::TimedOut();
    if (!holds) throw Error("condition not met for " + plural_name(target));
  } else {
    try {
      follow(session, target, patience.deadline, reached);
    } catch (const client::TimedOut& late) {
      throw Error(late.what() + (creation ? "" : " on " + plural_name(target)));
    }
  }
  if (found.is_null()) return;  // it had gone before
  change.told(list_item(std::move(found), *target.type), "condition met");
}

/// What a selector chooses may have to be created yet.
std::vector<Target> awaited_targets(Session& session, const client::Until& until,
                                    const Patience& patience) {
  constexpr Nanoseconds kPause = std::chrono::milliseconds(500);
  const bool creation = std::holds_alternative<client::UntilCreated>(until);
  while (true) {
    std::vector<Target> targets = find_targets(session);
    if (!targets.empty() || !creation) return targets;
    if (patience.once || SystemClock().now() >= patience.deadline) throw client::TimedOut();
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

int wait(Session& session) {
  const Arguments& arguments = session.arguments();
  const client::Until until = client::parse_until(arguments.value("for"));
  const Change change(session, "");
  const Patience patience = patience_of(arguments);
  const std::vector<Target> targets = awaited_targets(session, until, patience);
  if (targets.empty() && !std::holds_alternative<client::UntilDeleted>(until)) {
    throw Error("no matching resources found");
  }
  return for_each(session, targets, "",
                  [&](const Target& target) { await(session, target, until, patience, change); });
}

}  // namespace podrun::kube
