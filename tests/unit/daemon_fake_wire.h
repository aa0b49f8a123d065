// A client's side of exec and attach that remembers what it was sent.
#pragma once

#include <string>
#include <utility>

#include "supervisor/daemon/exec_wire.h"

namespace podrun::daemon {

class FakeWire final : public ExecWire {
 public:
  void send(ExecStream stream, std::string_view bytes) override {
    sent[static_cast<std::size_t>(stream)] += bytes;
  }
  void finish() override { finished = true; }
  std::size_t queued() const override { return queue; }
  void when_drained(std::function<void()> again) override { drained = std::move(again); }
  void pause_input(bool is_paused) override { paused = is_paused; }
  const std::string& on(ExecStream stream) const { return sent[static_cast<std::size_t>(stream)]; }

  std::string sent[5];
  std::size_t queue = 0;
  bool finished = false, paused = false;
  std::function<void()> drained;
};

}  // namespace podrun::daemon
