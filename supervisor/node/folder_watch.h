// Tells when something was written in a pod's folder. One inotify instance for all pods: a user may
// have 128 (fs.inotify.max_user_instances).
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/fd.h"
#include "supervisor/node/reactor.h"

namespace podrun::node {

class FolderWatch {
 public:
  /// Called once per pod for all that has gathered.
  using Changed = std::function<void(const std::string& uid)>;
  FolderWatch(Reactor& reactor, Changed changed);

  /// Files that are appended to or renamed into place in `folder` count. Throws where it is gone.
  void add(const std::string& uid, const std::string& folder);
  void remove(const std::string& uid);

 private:
  void on_readable();

  Changed changed_;
  Fd inotify_;
  std::map<int, std::string> pods_;  // by watch descriptor
  std::map<std::string, int> watches_;
  Reactor::Watch readable_;
};

}  // namespace podrun::node
