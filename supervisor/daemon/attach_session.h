// A client attached to a running container that has neither input nor a terminal: it sees what the
// container writes from then on, as it gets into the log. (ExecSession has the others.)
#pragma once

#include <memory>
#include <string>

#include "supervisor/daemon/exec_wire.h"
#include "supervisor/daemon/remote_command.h"
#include "supervisor/node/reactor.h"
#include "supervisor/pod/log_reader.h"
#include "supervisor/store/store.h"

namespace podrun::daemon {

class AttachSession final : public WireSession {
 public:
  /// `file`: the log of the container's instance. `wire` and `reactor` outlive it.
  AttachSession(const std::string& file, const WantedStreams& wanted, ExecWire& wire,
                node::Reactor& reactor);

  /// The instance is over: what its log has is all.
  void finish();
  /// Kept as long as the session.
  void keep(store::Store::Subscription subscription) { subscription_ = std::move(subscription); }

  void input(std::string_view) override {}
  void end_input() override {}
  void resize(unsigned short, unsigned short) override {}

 private:
  void pump();
  void watch();
  void conclude();
  void put(pod::LogStream stream, std::string_view bytes);

  WantedStreams wanted_;
  ExecWire& wire_;
  node::Reactor& reactor_;
  pod::LogFollower log_;
  pod::LogPrinter printer_;
  bool over_ = false, finished_ = false;
  node::Reactor::Watch watch_;
  store::Store::Subscription subscription_;
};

}  // namespace podrun::daemon
