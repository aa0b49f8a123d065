// `podrun get`: the server's tables, or the objects themselves.
#include <algorithm>
#include <set>

#include "cli/kube/commands.h"
#include "cli/kube/output.h"
#include "cli/kube/targets.h"
#include "cli/kube/watch.h"
#include "cli/text_table.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/columns.h"
#include "supervisor/client/resource_words.h"

namespace podrun::kube {
namespace {

/// Of the subresource, where one is asked for.
std::string path_of(const Session& session, const Named& wanted) {
  if (wanted.name.empty()) return wanted.type->collection(wanted.space);
  const std::string part = session.arguments().value("subresource");
  return wanted.type->path(wanted.space, wanted.name) + (part.empty() ? "" : "/" + part);
}

/// One object, or a list, which comes in pieces of --chunk-size.
Json answer_of(Session& session, const Named& request, Query query, std::string_view accept) {
  const std::string path = path_of(session, request);
  const std::int64_t limit =
      session.arguments().has("chunk-size") ? number_of(session.arguments(), "chunk-size") : 0;
  if (!request.name.empty() || limit <= 0) return session.api().get(path, query, accept);
  query.emplace_back("limit", std::to_string(limit));
  Json whole = session.api().get(path, query, accept);
  const char* list = whole.contains("rows") ? "rows" : "items";
  for (std::string more = api::text_at(whole, "metadata.continue"); !more.empty();) {
    Query next = query;
    next.emplace_back("continue", more);
    Json piece = session.api().get(path, next, accept);
    for (Json& item : piece[list]) whole[list].push_back(std::move(item));
    more = api::text_at(piece, "metadata.continue");
  }
  return whole;
}

std::vector<Named> wanted_objects(Session& session) {
  if (!session.arguments().has("filename")) {
    return named_objects(session, session.arguments().operands);
  }
  std::vector<Named> wanted;
  for (const Target& target : file_targets(session)) {
    wanted.push_back({target.type, target.space, target.name});
  }
  return wanted;
}

/// The answers that there are; failures are told, what is not there as --ignore-not-found says.
template <typename Take>
void ask(Session& session, const std::vector<Named>& requests, std::string_view accept,
         const Query& more, std::vector<Refused>& failures, const Take& take) {
  for (const Named& request : requests) {
    Query query = request.name.empty() ? selector_query(session.arguments()) : Query();
    query.insert(query.end(), more.begin(), more.end());
    try {
      take(request, answer_of(session, request, query, accept));
    } catch (const Refused& refused) {
      const bool absent = refused.code() == 404 && session.arguments().has("ignore-not-found");
      if (!absent) failures.push_back(selector_refused(refused, *request.type, query));
    }
  }
}

int report(Session& session, const std::vector<Refused>& failures) {
  for (const Refused& failure : failures) session.failed(failure);
  return session.exit_code();
}

/// Rows of a type that stand together.
struct Section {
  const ResourceType* type;
  client::Row titles;
  std::vector<client::Row> rows;
  std::vector<Json> objects;
};

client::TableView view_of(const Session& session, const OutputForm& form) {
  const Arguments& arguments = session.arguments();
  client::TableView view;
  const auto* human = std::get_if<HumanForm>(&form);
  view.wide = human != nullptr && human->wide;
  view.headers = !arguments.has("no-headers");
  view.show_labels = arguments.has("show-labels");
  for (const std::string& keys : arguments.values("label-columns")) {
    for (const std::string& key : client::split_words(keys)) view.label_columns.push_back(key);
  }
  return view;
}

/// Puts `things`, one for each of the objects, into the order that --sort-by gives these.
template <typename Thing>
void sort_by(const std::string& path, const std::vector<Json>& objects,
             std::vector<Thing>& things) {
  std::vector<const Json*> unsorted;
  unsorted.reserve(objects.size());
  for (const Json& object : objects) unsorted.push_back(&object);
  std::vector<Thing> sorted;
  sorted.reserve(things.size());
  for (const std::size_t place :
       client::sorted_places(unsorted, client::PathTemplate::parse_relaxed(path))) {
    sorted.push_back(std::move(things[place]));
  }
  things = std::move(sorted);
}

std::string sections_text(const std::vector<Section>& sections, bool headers) {
  std::string text;
  for (const Section& section : sections) {
    if (section.rows.empty()) continue;
    std::vector<client::Row> rows = section.rows;
    if (headers) rows.insert(rows.begin(), section.titles);
    text += (text.empty() || !headers ? "" : "\n") + cli::text_table(rows);
  }
  return text;
}

struct Answer {
  Named request;
  Json table;
};

std::vector<Section> sections_of(const Session& session, const std::vector<Answer>& answers,
                                 client::TableView view) {
  std::set<const ResourceType*> kinds;
  for (const Answer& answer : answers) kinds.insert(answer.request.type);
  const bool with_kind = kinds.size() > 1 || session.arguments().has("show-kind");
  std::vector<Section> sections;
  for (const auto& [request, table] : answers) {
    view.kind = with_kind ? request.type->shown_kind() : "";
    view.with_namespace = session.space().empty() && request.type->namespaced;
    if (sections.empty() || sections.back().type != request.type) {
      sections.push_back({request.type, client::table_header(table, view), {}, {}});
    }
    Section& section = sections.back();
    const Json& columns = api::at_path(table, "columnDefinitions");
    for (client::Row& row : client::table_rows(table, columns, view)) {
      section.rows.push_back(std::move(row));
    }
    for (const Json& row : api::at_path(table, "rows")) {
      section.objects.push_back(api::at_path(row, "object"));
    }
  }
  return sections;
}

int show_tables(Session& session, const std::vector<Named>& requests, const OutputForm& form,
                const std::function<void(Json& table)>& amend) {
  const Arguments& arguments = session.arguments();
  const std::string order = arguments.value("sort-by");
  const client::TableView view = view_of(session, form);
  std::vector<Answer> answers;
  std::vector<Refused> failures;
  const Query query{{"includeObject", order.empty() ? "Metadata" : "Object"}};
  ask(session, requests, client::kTable, query, failures, [&](const Named& request, Json table) {
    if (amend) amend(table);
    answers.push_back({request, std::move(table)});
  });
  std::vector<Section> sections = sections_of(session, answers, view);
  if (!order.empty()) {
    for (Section& section : sections) sort_by(order, section.objects, section.rows);
  }
  const std::string text = sections_text(sections, view.headers);
  print(text);
  if (text.empty() && failures.empty() && !arguments.has("ignore-not-found")) {
    tell_nothing_found(session, std::all_of(requests.begin(), requests.end(),
                                            [](const Named& one) { return one.type->namespaced; }));
  }
  return report(session, failures);
}

int show_objects(Session& session, const std::vector<Named>& requests, const OutputForm& form) {
  const Arguments& arguments = session.arguments();
  const bool single = requests.size() == 1 && !requests.front().name.empty();
  std::vector<Json> objects;
  std::vector<Refused> failures;
  ask(session, requests, client::kJson, {}, failures, [&](const Named& request, Json answer) {
    if (!request.name.empty()) {
      objects.push_back(std::move(answer));
      return;
    }
    for (Json& item : answer["items"]) {
      objects.push_back(list_item(std::move(item), *request.type));
    }
  });
  if (arguments.has("sort-by")) sort_by(arguments.value("sort-by"), objects, objects);
  if (!(single && objects.empty())) {
    Json whole = single ? std::move(objects.front()) : list_of(std::move(objects));
    if (!arguments.has("show-managed-fields")) whole = without_managers(std::move(whole));
    print(object_text(form, whole, !arguments.has("no-headers")));
  }
  return report(session, failures);
}

}  // namespace

int get(Session& session) {
  if (session.arguments().is_on("server-print")) return get_amended(session, nullptr);
  return get_amended(
      session, [](Json& table) { table = client::generic_table(table, SystemClock().wall()); });
}

int get_amended(Session& session, const std::function<void(Json& table)>& amend) {
  const Arguments& arguments = session.arguments();
  if (arguments.has("raw")) {
    print(session.api().text({.path = arguments.value("raw"), .is_escaped = true}));
    return 0;
  }
  const OutputForm form = parse_output(arguments.value("output"));
  if (arguments.operands.empty() && !arguments.has("filename")) {
    throw UsageError("\"podrun get\" needs a TYPE, or -f FILE",
                     "`podrun api-resources` lists the types");
  }
  const std::vector<Named> requests = wanted_objects(session);
  if (arguments.has("subresource") &&
      std::any_of(requests.begin(), requests.end(),
                  [](const Named& one) { return one.name.empty(); })) {
    throw UsageError("subresource cannot be used when bulk resources are specified");
  }
  if (arguments.has("watch") || arguments.has("watch-only")) {
    if (requests.size() != 1) throw Error("you may only specify a single resource type to watch");
    return watch_objects(session, requests.front(), form, view_of(session, form));
  }
  return is_human(form) ? show_tables(session, requests, form, amend)
                        : show_objects(session, requests, form);
}

}  // namespace podrun::kube
