// The insides of Birthplace and Birth.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/birth.h"
#include "runtime/cradle.h"
#include "runtime/plan_writer.h"

namespace podrun::runtime {

struct Birthplace::State {
  std::shared_ptr<Arena> arena;
  Fd supervisor_pidfd, own_pid_namespace;
  PlaceFacts facts;
  std::shared_ptr<Cradle> cradle;  // hybrid only
  int fault_step = -1;
};

struct Birth::Impl {
  explicit Impl(const Birthplace::State& place);
  ~Impl();

  /// Hands the plan to the cloner.
  void begin(PlanWriter& writer, int fault_step);
  State advance();

  ArenaUse use;
  std::shared_ptr<Cradle> cradle;
  Plan* plan = nullptr;
  Pipe report;
  Fd either;  // hybrid: an epoll of the pipe and the cradle's end
  std::vector<Fd> held;
  Fd terminal_socket, terminal;
  std::vector<std::string> notes;
  State state = State::kRequested;
  podrun::Process process;
  BirthFailure failure;

 private:
  void watch_cradle();
  void look_for_child();
  void receive_terminal();
  void finish();
  void cancel();
};

}  // namespace podrun::runtime
