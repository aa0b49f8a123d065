// The insides of Birthplace and Birth.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/birth.h"
#include "runtime/plan_writer.h"

namespace podrun::runtime {

struct Birthplace::State {
  std::shared_ptr<Arena> arena;
  std::shared_ptr<const SupervisorFacts> supervisor;
  PlaceFacts place;
  int fault_step = -1;
};

struct Birth::Impl {
  explicit Impl(const Birthplace::State& place) : use(place.arena) {}
  ~Impl();

  /// Clones the child; a clone that fails leaves kFailed.
  void begin(PlanWriter& writer, int fault_step);
  State advance();
  void release();

  ArenaUse use;
  Plan* plan = nullptr;
  Pipe report;
  Fd terminal_socket, terminal;
  std::vector<std::string> notes;
  State state = State::kBorn;
  podrun::Process process;
  BirthFailure failure;

 private:
  void receive_terminal();
  void finish();
};

}  // namespace podrun::runtime
