#include <gtest/gtest.h>

#include <set>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/man.h"

namespace podrun::cli {
namespace {

TEST(Help, EveryCommandHasASummaryAndAnExample) {
  for (const auto& path : all_commands(command_table())) {
    const Command& command = *path.back();
    EXPECT_FALSE(command.summary.empty()) << usage_line(path);
    EXPECT_NE(command.summary.back(), '.') << usage_line(path);
    if (command.is_group()) continue;
    EXPECT_FALSE(command.examples.empty()) << usage_line(path);
  }
}

TEST(Help, EveryExampleParses) {
  for (const auto& path : all_commands(command_table())) {
    for (const Example& example : path.back()->examples) {
      // The words of the podrun command in the example, up to a pipe or redirection.
      std::string text(example.command);
      const auto begin = text.find("podrun ");
      ASSERT_NE(begin, std::string::npos) << text;
      std::vector<std::string> words{""};
      bool in_quotes = false;
      for (const char c : text.substr(begin + 7)) {
        if (c == '\'') {
          in_quotes = !in_quotes;
        } else if (in_quotes) {
          words.back() += c;
        } else if (c == '|' || c == '>' || c == ')') {
          break;
        } else if (c == ' ') {
          if (!words.back().empty()) words.emplace_back();
        } else {
          words.back() += c;
        }
      }
      if (words.back().empty()) words.pop_back();
      EXPECT_NO_THROW(parse(command_table(), words)) << text;
    }
  }
}

TEST(Help, NamesAreUniqueWithinACommand) {
  for (const auto& path : all_commands(command_table())) {
    std::set<std::string_view> names{"help"};
    std::set<char> letters{'h'};
    for (const Flag& flag : path.back()->flags) {
      EXPECT_TRUE(names.insert(flag.name).second) << usage_line(path) << " --" << flag.name;
      if (flag.letter != 0) {
        EXPECT_TRUE(letters.insert(flag.letter).second) << usage_line(path) << " -" << flag.letter;
      }
      EXPECT_EQ(flag.value.empty(), flag.kind == ValueKind::kNone) << flag.name;
    }
  }
}

TEST(Help, ShowsUsageFlagsAndExamples) {
  const std::string text = help_text(find_command(command_table(), {"image", "import"}));
  EXPECT_NE(text.find("Usage:\n  podrun image import [flags] SOURCE [NAME[:TAG]]\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  -q, --quiet "), std::string::npos) << text;
  EXPECT_NE(text.find("  podrun image import ./rootfs demo/rootfs\n"), std::string::npos) << text;
  const std::string root = help_text({&command_table()});
  EXPECT_NE(root.find("\n  run "), std::string::npos);
  EXPECT_EQ(root.find("\n  man "), std::string::npos) << "hidden";
}

TEST(Help, LinesFitATerminal) {
  for (const auto& path : all_commands(command_table())) {
    const std::string text = help_text(path);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      EXPECT_LE(end - begin, 110u) << text.substr(begin, end - begin);
    }
  }
}

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_EQ(wrap("one two three", 8, 0), "one two\nthree");
  EXPECT_EQ(wrap("one two three", 9, 2), "one two\n  three");
  EXPECT_EQ(wrap("unbreakable", 4, 0), "unbreakable");
  EXPECT_EQ(wrap("", 4, 0), "");
}

TEST(Man, EscapesWhatRoffWouldTake) {
  const std::string page = man_page(find_command(command_table(), {"run"}));
  EXPECT_EQ(page.find(".TH PODRUN-RUN 1"), 0u);
  EXPECT_NE(page.find("\\fB\\-\\-for\\fR \\fIDURATION\\fR"), std::string::npos);
  EXPECT_NE(page.find(".SH EXIT STATUS"), std::string::npos);
  EXPECT_NE(page.find(".BR podrun (1)"), std::string::npos);
  EXPECT_EQ(man_page_name(find_command(command_table(), {"image", "import"})),
            "podrun-image-import");
}

}  // namespace
}  // namespace podrun::cli
