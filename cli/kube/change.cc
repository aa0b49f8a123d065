#include "cli/kube/change.h"

#include "supervisor/manifest/json_access.h"

namespace podrun::kube {
namespace {

std::string validation_of(const Arguments& arguments) {
  const std::string how = arguments.value("validate");
  if (how == "strict" || how == "true") return "Strict";
  if (how == "warn") return "Warn";
  if (how == "ignore" || how == "false") return "Ignore";
  if (how.empty()) return "";
  throw UsageError("invalid value \"" + how +
                   "\" for --validate: one of strict, true, warn, ignore, false");
}

}  // namespace

Change::Change(const Session& session, std::string manager)
    : session_(session),
      dry_run_(session.arguments().value("dry-run")),
      manager_(session.arguments().has("field-manager") ? session.arguments().value("field-manager")
                                                        : std::move(manager)),
      form_(parse_output(session.arguments().value("output"))) {
  if (dry_run_.empty()) dry_run_ = "none";
}

Query Change::query() const {
  Query query{{"fieldManager", manager_}};
  if (dry_run_ == "server") query.emplace_back("dryRun", "All");
  const std::string validation = validation_of(session_.arguments());
  if (!validation.empty()) query.emplace_back("fieldValidation", validation);
  return query;
}

std::string Change::suffix() const {
  return dry_run_ == "client" ? " (dry run)" : dry_run_ == "server" ? " (server dry run)" : "";
}

void Change::told(const Json& object, const std::string& verb) const {
  if (is_human(form_)) {
    print(object_name(object) + " " + verb + suffix() + "\n");
    return;
  }
  const bool whole =
      std::holds_alternative<JsonForm>(form_) || std::holds_alternative<YamlForm>(form_);
  const bool strip = whole && !session_.arguments().has("show-managed-fields");
  print(object_text(form_, strip ? without_managers(object) : object));
}

bool is_local(const Arguments& arguments) {
  if (!arguments.has("local")) return false;
  if (!arguments.has("filename")) throw UsageError("--local needs -f FILE");
  return true;
}

Json with_last_applied(Json object) {
  Json& annotations = manifest::object_at(manifest::object_at(object, "metadata"), "annotations");
  annotations.erase(kLastApplied);
  Json noted = object;
  manifest::sort_fields(noted);
  annotations[kLastApplied] = noted.dump() + "\n";
  return object;
}

}  // namespace podrun::kube
