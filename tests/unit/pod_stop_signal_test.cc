#include <gtest/gtest.h>
#include <signal.h>

#include "supervisor/pod/stop_signal.h"

namespace podrun::pod {
namespace {

TEST(StopSignal, NamesAndNumbers) {
  EXPECT_EQ(parse_signal("SIGTERM"), SIGTERM);
  EXPECT_EQ(parse_signal("QUIT"), SIGQUIT);
  EXPECT_EQ(parse_signal("9"), 9);
  EXPECT_EQ(parse_signal("SIGRTMIN+3"), SIGRTMIN + 3);
  for (const char* text : {"", "0", "SIGNOTHING", "1000", "-1", "SIGRTMIN+99", "TERM "}) {
    EXPECT_EQ(parse_signal(text), 0) << text;
  }
}

TEST(StopSignal, LifecycleOverImageOverTerm) {
  manifest::Container container;
  images::ImageConfig image;
  EXPECT_EQ(stop_signal(container, image), SIGTERM);
  image.stop_signal = "SIGQUIT";
  EXPECT_EQ(stop_signal(container, image), SIGQUIT);
  container.lifecycle = manifest::Lifecycle{};
  container.lifecycle->stop_signal = "SIGUSR1";
  EXPECT_EQ(stop_signal(container, image), SIGUSR1);
}

}  // namespace
}  // namespace podrun::pod
