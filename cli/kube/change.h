// What the commands that change objects have in common: dry runs, who the change is noted for, and
// what is told of it.
#pragma once

#include <string>

#include "cli/kube/output.h"
#include "cli/kube/targets.h"

namespace podrun::kube {

inline constexpr std::string_view kStrategicPatch = "application/strategic-merge-patch+json";
inline constexpr std::string_view kMergePatch = "application/merge-patch+json";
inline constexpr std::string_view kJsonPatch = "application/json-patch+json";
inline constexpr std::string_view kApplyPatch = "application/apply-patch+yaml";

/// The names of field managers are kubectl's: whoever changes between the two clients has no
/// conflicts with himself.
class Change {
 public:
  /// `manager` where --field-manager does not say another. Throws Error for an unknown -o.
  Change(const Session& session, std::string manager);

  /// fieldManager, dryRun and fieldValidation, where they are to be sent.
  Query query() const;
  /// --dry-run=client: nothing is sent.
  bool is_local() const { return dry_run_ == "client"; }
  bool is_dry() const { return dry_run_ != "none"; }
  const OutputForm& form() const { return form_; }
  const std::string& manager() const { return manager_; }

  /// Tells of an object: "pod/kubia labeled", or the object itself as -o says.
  void told(const Json& object, const std::string& verb) const;
  /// " (dry run)", " (server dry run)" or nothing.
  std::string suffix() const;

 private:
  const Session& session_;
  std::string dry_run_, manager_;
  OutputForm form_;
};

/// Runs `act` for each target; what is refused is told, and the others are tried all the same.
/// `doing` ("creating") is told with the manifest; "": the manifest is not told.
template <typename Act>
int for_each(Session& session, const std::vector<Target>& targets, const std::string& doing,
             const Act& act) {
  for (const Target& target : targets) {
    try {
      act(target);
    } catch (const Refused& refused) {
      session.failed(target.source.empty() || doing.empty()
                         ? refused
                         : refused.during("error when " + doing + " \"" + target.source + "\""));
    } catch (const BadInput&) {
      throw;
    } catch (const Error& error) {
      session.failed(error);
    }
  }
  return session.exit_code();
}

/// --local: the manifests are changed, and nothing is sent. Throws UsageError without -f.
bool is_local(const Arguments& arguments);

inline constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/// The object with the annotation that client-side apply reads the next time.
Json with_last_applied(Json object);

}  // namespace podrun::kube
