#include "supervisor/pod/container_choice.h"

#include <algorithm>

#include "base/text.h"

namespace podrun::pod {

namespace {}  // namespace

ContainerChoice choose_container(const std::string& pod, const ContainerNames& names,
                                 std::string_view wanted) {
  if (wanted.empty()) {
    if (names.regular.size() == 1 && names.init.empty()) return {names.regular.front(), ""};
    std::string text = "a container name must be specified for pod " + pod + ", choose one of: [" +
                       joined(names.regular, " ") + "]";
    if (!names.init.empty())
      text += " or one of the init containers: [" + joined(names.init, " ") + "]";
    return {"", text};
  }
  for (const auto* list : {&names.regular, &names.init}) {
    if (std::find(list->begin(), list->end(), wanted) != list->end())
      return {std::string(wanted), ""};
  }
  return {"", "container " + std::string(wanted) + " is not valid for pod " + pod};
}

LogChoice choose_log(const std::string& pod, const std::string& container, const LogState& state,
                     const std::vector<int>& instances, bool previous) {
  const std::string whose = "container \"" + container + "\" in pod \"" + pod + "\"";
  if (previous && !state.has_last_terminated)
    return {0, "previous terminated " + whose + " not found"};
  // The latest instance of a container that waits is its previous one already.
  const std::size_t back = previous && !state.waiting ? 2 : 1;
  if (instances.size() >= back) return {instances[instances.size() - back], ""};
  if (previous) return {0, "previous terminated " + whose + " not found"};
  const std::string& reason = state.waiting_reason;
  return {0, whose + " is waiting to start: " + (reason.empty() ? "ContainerCreating" : reason)};
}

}  // namespace podrun::pod
