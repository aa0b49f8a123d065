// `podrun events`.
#include <algorithm>

#include "base/text.h"
#include "cli/kube/commands.h"
#include "cli/kube/output.h"
#include "cli/kube/targets.h"
#include "cli/text_table.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/event_rows.h"
#include "supervisor/client/resource_words.h"
#include "supervisor/client/watch.h"

namespace podrun::kube {
namespace {

/// --for as a field selector.
Query query_of(Session& session) {
  const std::string word = session.arguments().value("for");
  if (word.empty()) return {};
  if (!client::are_slashed({word})) throw UsageError("--for needs TYPE/NAME");
  const Target target = named_target(session, word);
  return {{"fieldSelector",
           "involvedObject.kind=" + target.type->kind + ",involvedObject.name=" + target.name}};
}

bool is_wanted(const Json& event, const std::vector<std::string>& types) {
  return types.empty() ||
         std::find(types.begin(), types.end(), api::text_at(event, "type")) != types.end();
}

std::vector<std::string> types_of(const Arguments& arguments) {
  if (!arguments.has("types")) return {};
  std::vector<std::string> types = client::split_words(arguments.value("types"));
  for (std::string& type : types) {
    type = lowercase(type);
    if (type != "normal" && type != "warning") {
      throw UsageError("valid --types are Normal and Warning");
    }
    type[0] = static_cast<char>(type[0] - 'a' + 'A');
  }
  return types;
}

std::vector<Json> wanted_events(const Json& list, const ResourceType& type,
                                const std::vector<std::string>& types) {
  std::vector<Json> events;
  for (const Json& item : api::at_path(list, "items")) {
    if (!is_wanted(item, types)) continue;
    events.push_back(list_item(item, type));
  }
  std::stable_sort(events.begin(), events.end(), [](const Json& a, const Json& b) {
    return client::last_seen(a) < client::last_seen(b);
  });
  return events;
}

void tell_none(const Session& session) {
  print_error(session.space().empty() ? "No events found."
                                      : "No events found in " + session.space() + " namespace.");
}

}  // namespace

int events(Session& session) {
  const Arguments& arguments = session.arguments();
  const OutputForm form = parse_output(arguments.value("output"));
  const std::vector<std::string> types = types_of(arguments);
  const Query query = query_of(session);
  const ResourceType& event_type = session.type("events");
  const std::string path = event_type.collection(session.space());
  const Json list = session.api().get(path, query);
  std::vector<Json> found = wanted_events(list, event_type, types);
  const bool watches = arguments.has("watch");
  const bool with_namespace = session.space().empty();
  if (!is_human(form)) {
    print(object_text(form, without_managers(list_of(found))));
    if (!watches) return 0;
  } else if (found.empty() && !watches) {
    tell_none(session);
    return 0;
  }
  std::vector<std::size_t> widths;
  std::vector<client::Row> rows;
  if (is_human(form)) {
    if (!arguments.has("no-headers")) rows.push_back(client::event_titles(with_namespace));
    const WallTime now = SystemClock().wall();
    for (const Json& event : found) rows.push_back(client::event_row(event, with_namespace, now));
    print(cli::text_table(rows, widths));
  }
  if (!watches) return 0;
  client::watch(
      session.api(),
      {.path = path,
       .query = query,
       .version = api::text_at(list, "metadata.resourceVersion"),
       .deadline = std::nullopt,
       .goes_on = false},
      [&](const std::string& type, const Json& event) {
        if (type == "DELETED" || !is_wanted(event, types)) return true;
        print(is_human(form)
                  ? cli::text_table(
                        {client::event_row(event, with_namespace, SystemClock().wall())}, widths)
                  : object_text(form, without_managers(event), false));
        return true;
      });
  return 0;
}

}  // namespace podrun::kube
