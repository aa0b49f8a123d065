// A manager on the fake API, and the time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "controllers_fake_api.h"
#include "supervisor/controllers/manager.h"

namespace podrun::controllers::test {

struct World {
  FakeClock clock;
  FakeApi api{clock};
  std::vector<std::string> failures;
  Nanoseconds job_batch{0};
  std::unique_ptr<Manager> manager;

  World() { restart(); }
  /// Drops all that the controllers remember, and the changes that they were not told of.
  void restart() {
    ManagerOptions options;
    options.root_ca = "certificate";
    options.job_batch = job_batch;
    options.on_failure = [this](const std::string& text) { failures.push_back(text); };
    api.changes.clear();
    manager = std::make_unique<Manager>(api, clock, served_types(), options);
  }
  void deliver(std::size_t most = 1'000'000) {
    for (; most > 0 && !api.changes.empty(); --most) {
      const store::Change change = api.changes.front();
      api.changes.pop_front();
      manager->on_change(change);
    }
  }
  /// Runs what is due until nothing more is due now.
  void settle() {
    for (int i = 0; i < 10'000; ++i) {
      deliver();
      if (const auto due = manager->next_deadline(); !due || *due > clock.now()) return;
      manager->run_once(clock.now());
    }
    ADD_FAILURE() << "the controllers do not come to rest";
  }
};

}  // namespace podrun::controllers::test
