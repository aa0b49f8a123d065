// `podrun edit`.
#include <algorithm>

#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/editor.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/patch_schema.h"
#include "supervisor/client/edit_text.h"
#include "supervisor/client/manifest_objects.h"
#include "supervisor/client/three_way.h"
#include "supervisor/manifest/yaml_output.h"

namespace podrun::kube {
namespace {

/// One object while it is edited.
struct Edited {
  const ResourceType* type;
  Json before;
  bool sent = false;

  std::string path() const {
    return type->path(api::text_at(before, "metadata.namespace"),
                      api::text_at(before, "metadata.name"));
  }
};

/// Its kind, namespace and name: what an edit must leave alone.
std::string identity(const Json& object) {
  return api::text_at(object, "apiVersion") + " " + api::text_at(object, "kind") + " " +
         api::text_at(object, "metadata.namespace") + "/" + api::text_at(object, "metadata.name");
}

class Edit {
 public:
  Edit(Session& session, std::vector<Edited> objects)
      : session_(session),
        change_(session, "kubectl-edit"),
        objects_(std::move(objects)),
        json_(std::holds_alternative<JsonForm>(change_.form())),
        file_(json_ ? ".json" : ".yaml") {}

  int run() {
    std::string offered = edited_text(), last;
    std::vector<std::string> problems;
    while (true) {
      const std::string header = json_ && problems.empty() ? "" : client::edit_header(problems);
      const std::string saved = ask(header + offered);
      const std::string text = client::without_header(saved);
      if (client::is_blank_text(text)) return cancel("Edit cancelled, saved file was empty.", last);
      if (text == offered) return cancel("Edit cancelled, no changes made.", last);
      last = text;
      problems.clear();
      if (send(text, problems)) return 0;
      if (problems.empty()) return 1;
      offered = text;
    }
  }

 private:
  std::string edited_text() const {
    std::vector<Json> items;
    for (const Edited& object : objects_) items.push_back(object.before);
    const Json whole = items.size() == 1 ? items.front() : list_of(std::move(items));
    return json_ ? manifest::json_text(whole) : manifest::yaml_text(whole);
  }

  std::string ask(const std::string& text) {
    try {
      return file_.edit(text);
    } catch (const Error&) {
      // What the editor may have saved before it failed is the user's.
      keep();
      throw;
    }
  }

  void keep() {
    file_.keep();
    print_error("A copy of your changes has been stored to \"" + file_.path() + "\"");
  }

  int cancel(const std::string& why, const std::string& last) {
    if (last.empty()) {
      print_error(why);
      return 0;
    }
    keep();
    print_error("error: Edit cancelled, no valid changes were saved.");
    return 1;
  }

  /// True where all is done. Else `problems` say what the user can mend; without any, it was told.
  bool send(const std::string& text, std::vector<std::string>& problems) {
    std::vector<Json> wanted;
    try {
      wanted = client::manifest_objects(text, "the edited file");
    } catch (const BadInput& error) {
      problems.emplace_back(error.what());
      print_error("error: " + named(objects_.front()) + " is invalid");
      return false;
    }
    if (!std::all_of(wanted.begin(), wanted.end(),
                     [&](const Json& object) { return find(object) != objects_.end(); })) {
      keep();
      print_error("error: At least one of apiVersion, kind and name was changed");
      return false;
    }
    bool failed = false;
    for (const Json& object : wanted) {
      Edited& old = *find(object);
      if (!old.sent) failed |= !try_one(old, object, problems);
    }
    if (failed) {
      file_.keep();
      print_error("You can run `podrun replace -f " + file_.path() + "` to try this update again.");
      problems.clear();
    }
    return !failed && problems.empty();
  }

  /// False where it cannot be mended in the editor, which was told.
  bool try_one(Edited& old, const Json& wanted, std::vector<std::string>& problems) {
    try {
      send_one(old, wanted);
    } catch (const Refused& refused) {
      if (refused.reason() == "Invalid") {
        problems.emplace_back(refused.what());
        print_error("error: " + named(old) + " is invalid");
        return true;
      }
      print_error("error: " + named(old) +
                  (refused.code() == 404 ? " could not be found on the server"
                                         : " could not be patched: " + refused.message()));
      return false;
    }
    return true;
  }

  /// `pods "web"`
  static std::string named(const Edited& object) {
    return object.type->full_name() + " \"" + api::text_at(object.before, "metadata.name") + "\"";
  }

  std::vector<Edited>::iterator find(const Json& object) {
    return std::find_if(objects_.begin(), objects_.end(), [&](const Edited& one) {
      return identity(one.before) == identity(object);
    });
  }

  void send_one(Edited& old, const Json& after) {
    const Json patch =
        client::two_way_patch(old.before, after, &api::patch_schema(api::text_at(after, "kind")));
    if (patch.empty()) {
      old.sent = true;
      if (objects_.size() > 1) change_.told(old.before, "skipped");
      return;
    }
    const Json answer =
        session_.api().send("PATCH", old.path(), patch, change_.query(), kStrategicPatch);
    old.sent = true;
    print(object_name(answer) + " edited\n");
  }

  Session& session_;
  Change change_;
  std::vector<Edited> objects_;
  bool json_;
  EditFile file_;
};

}  // namespace

int edit(Session& session) {
  const std::string form = session.arguments().value("output");
  if (!form.empty() && form != "json" && form != "yaml") {
    throw UsageError("the output format must be json or yaml, not \"" + form + "\"");
  }
  std::vector<Edited> objects;
  for (const Target& target : find_targets(session)) {
    Json object = fetch(session, target);
    if (!session.arguments().has("show-managed-fields")) {
      object = without_managers(std::move(object));
    }
    objects.push_back({target.type, std::move(object)});
  }
  if (objects.empty()) {
    print_error("Edit cancelled, no objects found");
    return 1;
  }
  return Edit(session, std::move(objects)).run();
}

}  // namespace podrun::kube
