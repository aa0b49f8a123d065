// Pods that nobody removes: more finished ones than are worth keeping, those of nodes that are
// gone, and those that are being deleted and were never on a node. pkg/controller/podgc.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

/// The oldest of the finished pods, where they are more than `most`; 0 keeps all.
std::vector<store::Object> surplus_finished(const std::vector<store::Object>& pods,
                                            std::size_t most);

/// Nodes that pods name and that are not there, and since when: a node may be made anew.
class MissingNodes {
 public:
  /// Of which nodes the pods are orphans by now. Where there is no node at all, none is missing:
  /// this machine's own has not come yet.
  std::set<std::string> look(const std::vector<store::Object>& pods,
                             const std::set<std::string>& nodes, WallTime now);

 private:
  std::map<std::string, WallTime> since_;
};

class PodGarbage {
 public:
  PodGarbage(api::Client& client, std::size_t most_finished)
      : client_(client), most_finished_(most_finished) {}
  /// Returns when to look again.
  WallTime sync(WallTime now);

 private:
  void remove(const store::Object& pod);
  void fail_and_remove(const store::Object& pod, WallTime now);

  api::Client& client_;
  std::size_t most_finished_;
  MissingNodes missing_;
};

}  // namespace podrun::controllers
