#include "cli/kube/watch.h"

#include "cli/text_table.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/watch.h"

namespace podrun::kube {
namespace {

/// Prints what comes, rows below each other.
class Show {
 public:
  Show(const OutputForm& form, client::TableView view, const Arguments& arguments)
      : form_(form),
        view_(std::move(view)),
        is_generic_(!arguments.is_on("server-print")),
        with_managers_(arguments.has("show-managed-fields")),
        with_events_(arguments.has("output-watch-events")) {}

  /// `event`: what has happened to it.
  void take(const Json& answer, const std::string& event = "ADDED") {
    if (!is_human(form_)) {
      const Json object = with_managers_ ? answer : without_managers(answer);
      const bool whole =
          std::holds_alternative<JsonForm>(form_) || std::holds_alternative<YamlForm>(form_);
      print(with_events_ && whole
                ? object_text(form_, Json{{"type", event}, {"object", object}}, headers_)
                : object_text(form_, object, headers_));
      headers_ = false;
      return;
    }
    take_table(is_generic_ ? client::generic_table(answer, SystemClock().wall()) : answer, event);
  }
  /// Columns of what is not shown itself.
  void learn(const Json& table) { columns_ = api::at_path(table, "columnDefinitions"); }

 private:
  void take_table(const Json& table, const std::string& event) {
    if (columns_.empty() || is_generic_) columns_ = api::at_path(table, "columnDefinitions");
    std::vector<client::Row> rows = client::table_rows(table, columns_, view_);
    if (rows.empty()) return;
    if (with_events_) {
      for (client::Row& row : rows) row.insert(row.begin(), event);
    }
    if (headers_ && view_.headers) {
      rows.insert(rows.begin(), client::table_header({{"columnDefinitions", columns_}}, view_));
      if (with_events_) rows.front().insert(rows.front().begin(), "EVENT");
    }
    headers_ = false;
    print(cli::text_table(rows, widths_));
  }

  const OutputForm& form_;
  client::TableView view_;
  bool is_generic_, with_managers_, with_events_;
  bool headers_ = true;
  Json columns_ = Json::array();
  std::vector<std::size_t> widths_;
};

/// A list's items one by one, as a watch tells them.
void take_list(Show& show, const OutputForm& form, const ResourceType& type, Json list) {
  if (is_human(form)) {
    show.take(list);
    return;
  }
  for (Json& item : list["items"]) show.take(list_item(std::move(item), type));
}

}  // namespace

int watch_objects(Session& session, const Named& wanted, const OutputForm& form,
                  client::TableView view) {
  const ResourceType& type = *wanted.type;
  view.with_namespace = type.namespaced && wanted.space.empty();
  Show show(form, std::move(view), session.arguments());
  const std::string_view accept = is_human(form) ? client::kTable : client::kJson;
  Query query = selector_query(session.arguments());
  if (!wanted.name.empty()) {
    session.api().get(type.path(wanted.space, wanted.name));  // tells where there is none
    query.emplace_back("fieldSelector", "metadata.name=" + wanted.name);
  }
  Json list;
  try {
    list = session.api().get(type.collection(wanted.space), query, accept);
  } catch (const Refused& refused) {
    throw selector_refused(refused, type, query);
  }
  const std::string version = api::text_at(list, "metadata.resourceVersion");
  if (!session.arguments().has("watch-only")) {
    take_list(show, form, type, std::move(list));
  } else if (is_human(form)) {
    show.learn(list);
  }
  client::watch(session.api(),
                {.path = type.collection(wanted.space),
                 .query = query,
                 .version = version,
                 .accept = accept,
                 .deadline = std::nullopt,
                 .goes_on = false},
                [&](const std::string& event, const Json& object) {
                  show.take(object, event);
                  return true;
                });
  return 0;
}

}  // namespace podrun::kube
