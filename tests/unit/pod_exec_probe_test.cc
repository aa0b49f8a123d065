#include <gtest/gtest.h>

#include "supervisor/pod/exec_probe.h"

namespace podrun::pod {
namespace {

const std::vector<std::string> kCommand = {"sh", "-c", "sleep \"9\""};

ExecProbeResult ended(int code, int signal, std::string_view output) {
  return exec_probe_result({code, signal}, output, false, kCommand, Seconds(1));
}

TEST(ExecProbe, ExitCodeDecidesAndOutputIsTheMessage) {
  EXPECT_EQ(ended(0, 0, "fine\n"), (ExecProbeResult{ProbeResult::kSuccess, "fine\n"}));
  EXPECT_EQ(ended(1, 0, "bad\n"), (ExecProbeResult{ProbeResult::kFailure, "bad\n"}));
  EXPECT_EQ(ended(0, 9, ""), (ExecProbeResult{ProbeResult::kFailure, ""}));
  EXPECT_EQ(ended(1, 0, std::string(20000, 'x')).message.size(), 10240u);
}

TEST(ExecProbe, TimeoutNamesTheCommand) {
  const ExecProbeResult expected{
      ProbeResult::kFailure, "command timed out: \"sh -c sleep \\\"9\\\"\" timed out after 1m30s"};
  EXPECT_EQ(exec_probe_result({0, 9}, "ignored", true, kCommand, Seconds(90)), expected);
}

TEST(ExecProbe, OutputIsStdoutThenStderrWithinTheLimit) {
  ExecProbeOutput output;
  output.add_stderr("err");
  output.add_stdout("out");
  EXPECT_EQ(output.text(), "outerr");
  output.add_stdout(std::string(10230, 'o'));
  EXPECT_EQ(output.text().size(), 10236u);
  output.add_stderr(std::string(20000, 'e'));
  EXPECT_EQ(output.text().size(), kExecProbeOutputLimit);
  EXPECT_TRUE(output.text().ends_with("oerreeee"));
}

}  // namespace
}  // namespace podrun::pod
