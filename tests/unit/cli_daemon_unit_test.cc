#include <gtest/gtest.h>

#include "cli/daemon_unit.h"

namespace podrun::cli {
namespace {

const std::string kProgram = "/usr/libexec/podrun/podrun-daemon";

TEST(DaemonUnit, WordsAreQuotedForSystemd) {
  EXPECT_EQ(quote_unit_word("/var/lib/podrun"), "/var/lib/podrun");
  EXPECT_EQ(quote_unit_word("/a b"), "\"/a b\"");
  EXPECT_EQ(quote_unit_word("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(quote_unit_word("50%"), "50%%");
  EXPECT_EQ(quote_unit_word("$HOME"), "$$HOME");
  EXPECT_EQ(quote_unit_word(""), "\"\"");
  EXPECT_EQ(quote_unit_word("a;b"), "\"a;b\"") << "a word of its own would end the command";
}

TEST(DaemonUnit, PodsOutliveTheService) {
  const std::string text =
      unit_text({kProgram, {"--port", "7443"}, {"/srv/pods data", "/var/log/pods"}, true});
  for (const char* line :
       {"\nType=notify\n", "\nKillMode=process\n", "\nDelegate=yes\n", "\nRestart=always\n",
        "\nExecStart=/usr/libexec/podrun/podrun-daemon daemon --port 7443\n",
        "\nRequiresMountsFor=\"/srv/pods data\" /var/log/pods\n",
        "\nIPAddressDeny=any\nIPAddressAllow=localhost\n", "\nWantedBy=multi-user.target\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

// What containers would inherit from the daemon must not be among them.
TEST(DaemonUnit, NothingThatContainersInheritIsTakenAway) {
  const std::string text = unit_text({kProgram, {}, {"/var/lib/podrun"}, false});
  for (const char* setting :
       {"NoNewPrivileges", "SystemCall", "Restrict", "CapabilityBoundingSet", "Protect", "Private",
        "ReadOnlyPaths", "MemoryDenyWriteExecute", "LockPersonality", "IPAddress", "UMask"})
    EXPECT_EQ(text.find(setting), std::string::npos) << setting;
}

}  // namespace
}  // namespace podrun::cli
