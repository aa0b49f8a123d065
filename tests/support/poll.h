// Waiting in tests: for a condition, up to a deadline; never for a time.
#pragma once

#include <chrono>
#include <thread>

namespace podrun::test {

/// Asks `condition` every `step` until it holds; false where it did not within `limit`. The limit
/// is for a hang, so it is generous: a test never fails because a machine is slow.
template <typename Condition>
bool poll_until(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(20),
                std::chrono::milliseconds step = std::chrono::milliseconds(5)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return condition();
    std::this_thread::sleep_for(step);
  }
  return true;
}

}  // namespace podrun::test
