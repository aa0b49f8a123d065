#include <gtest/gtest.h>

#include "cli/arguments.h"
#include "cli/commands.h"

namespace podrun::cli {
namespace {

Arguments parsed(const std::vector<std::string>& words) { return parse(command_table(), words); }

std::string refusal(const std::vector<std::string>& words) {
  try {
    parsed(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Arguments, FindsTheCommandAndItsOperands) {
  const Arguments arguments = parsed({"image", "import", "rootfs.tar", "demo:1"});
  EXPECT_EQ(arguments.command_name(), "podrun image import");
  EXPECT_EQ(arguments.operands, (std::vector<std::string>{"rootfs.tar", "demo:1"}));
  EXPECT_EQ(parsed({"image", "ls"}).command_name(), "podrun image list");
}

TEST(Arguments, ReadsEverySpellingOfAFlag) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"run", "--output", "json", "pod.yaml"},
           {"run", "--output=json", "pod.yaml"},
           {"run", "-o", "json", "pod.yaml"},
           {"run", "-ojson", "pod.yaml"},
           {"run", "-o=json", "pod.yaml"},
           {"run", "pod.yaml", "-o", "json"},
           {"run", "-qojson", "pod.yaml"},
           {"run", "-o", "text", "--output", "json", "pod.yaml"},
       }) {
    const Arguments arguments = parsed(words);
    EXPECT_EQ(arguments.value("output"), "json");
    EXPECT_EQ(arguments.operands, std::vector<std::string>{"pod.yaml"});
  }
}

TEST(Arguments, FlagsOfAllCommandsMayStandInFront) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"-n", "team", "get", "pods"},
                                             {"--namespace=team", "get", "pods"},
                                             {"get", "pods", "-n", "other", "--namespace", "team"},
                                             {"-nteam", "rollout", "status", "deploy/web"},
                                             {"rollout", "-n", "team", "status", "deploy/web"},
                                             {"create", "namespace", "x", "-n", "team"}}) {
    EXPECT_EQ(parsed(words).value("namespace"), "team");
  }
  EXPECT_EQ(parsed({"--socket", "/s", "get", "pods"}).value("socket"), "/s");
  EXPECT_NE(refusal({"-n", "team", "version"}).find("unknown flag: --namespace"),
            std::string::npos);
}

TEST(Arguments, ARequestTimeoutIsEachCommandsOfTheDaemon) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--request-timeout=5s", "get", "pods"},
           {"create", "secret", "tls", "x", "--request-timeout", "5s"},
           {"rollout", "status", "deploy/web", "--request-timeout=5s"},
           {"node", "list", "--request-timeout=5s"},
           {"logs", "web", "--request-timeout=5s", "--all-pods"}}) {
    EXPECT_EQ(parsed(words).value("request-timeout"), "5s") << words[0];
  }
}

TEST(Arguments, CollectsRepeatedFlagsInOrder) {
  const Arguments arguments =
      parsed({"run", "--expect", "restarts=0", "--expect=memory.peak<=100Mi", "-f", "a", "-fb"});
  EXPECT_EQ(arguments.values("expect"),
            (std::vector<std::string>{"restarts=0", "memory.peak<=100Mi"}));
  EXPECT_EQ(arguments.values("filename"), (std::vector<std::string>{"a", "b"}));
}

TEST(Arguments, GivesDefaultsFromTheTable) {
  const Arguments arguments = parsed({"run", "pod.yaml"});
  EXPECT_EQ(arguments.value("data-dir"), "/var/lib/podrun");
  EXPECT_EQ(arguments.value("output"), "text");
  EXPECT_EQ(arguments.value("for"), "");
  EXPECT_FALSE(arguments.has("output"));
  EXPECT_FALSE(arguments.has("strict"));
}

TEST(Arguments, SwitchesTakeTrueAndFalse) {
  EXPECT_TRUE(parsed({"run", "--strict", "a"}).has("strict"));
  EXPECT_TRUE(parsed({"run", "--strict=true", "a"}).has("strict"));
  EXPECT_FALSE(parsed({"run", "--strict", "--strict=false", "a"}).has("strict"));
  EXPECT_NE(refusal({"run", "--strict=yes", "a"}).find("true or false"), std::string::npos);
}

TEST(Arguments, TwoDashesEndFlags) {
  EXPECT_EQ(parsed({"run", "--", "-x", "--for"}).operands,
            (std::vector<std::string>{"-x", "--for"}));
  EXPECT_EQ(parsed({"run", "-"}).operands, std::vector<std::string>{"-"});
}

TEST(Arguments, SuggestsWhatWasMeant) {
  EXPECT_EQ(refusal({"rnu", "a"}),
            "unknown command \"rnu\" for \"podrun\" (did you mean \"run\"?)");
  EXPECT_EQ(refusal({"image", "imprt"}),
            "unknown command \"imprt\" for \"podrun image\" (did you mean \"import\"?)");
  EXPECT_EQ(refusal({"run", "--epxect", "a"}), "unknown flag: --epxect (did you mean --expect?)");
  EXPECT_EQ(refusal({"run", "--allow", "a"}),
            "unknown flag: --allow (did you mean --allow-no-limits?)");
  EXPECT_EQ(refusal({"frobnicate"}),
            "unknown command \"frobnicate\" for \"podrun\" (\"podrun --help\" lists the commands)");
  EXPECT_EQ(refusal({"run", "-x"}),
            "unknown shorthand flag: 'x' in -x (see \"podrun run --help\")");
}

TEST(Arguments, RefusesWrongValues) {
  EXPECT_EQ(refusal({"run", "-o", "yaml", "a"}),
            "invalid value \"yaml\" for --output: one of text, json");
  EXPECT_NE(refusal({"run", "--for", "10", "a"}).find("missing unit in duration"),
            std::string::npos);
  EXPECT_EQ(refusal({"run", "--for"}),
            "flag --for needs a value: DURATION (see \"podrun run --help\")");
  EXPECT_EQ(refusal({"version", "extra"}),
            "\"podrun version\" takes no arguments, got \"extra\" (see \"podrun version --help\")");
  EXPECT_EQ(refusal({"image", "import"}),
            "\"podrun image import\" needs SOURCE [NAME[:TAG]] (see \"podrun image import "
            "--help\")");
  EXPECT_EQ(refusal({"image", "tag", "a", "b", "c"}),
            "\"podrun image tag\" takes IMAGE NAME[:TAG], got another argument \"c\" (see "
            "\"podrun image tag --help\")");
}

TEST(Arguments, HelpNeedsNothingElse) {
  EXPECT_TRUE(parsed({"image", "import", "--help"}).wants_help);
  EXPECT_TRUE(parsed({"run", "-h"}).wants_help);
  EXPECT_TRUE(parsed({"--help"}).wants_help);
}

TEST(Arguments, LeavesAnotherProgramsWordsAlone) {
  const Arguments arguments = parsed({"kubectl", "get", "pods", "-A", "--", "--help"});
  EXPECT_EQ(arguments.command_name(), "podrun kubectl");
  EXPECT_EQ(arguments.operands, (std::vector<std::string>{"get", "pods", "-A", "--", "--help"}));
  EXPECT_FALSE(arguments.wants_help);
}

TEST(Arguments, AFlagAloneHasAMeaningOfItsOwn) {
  EXPECT_EQ(parsed({"delete", "rc", "a", "--cascade=orphan"}).value("cascade"), "orphan");
  const Arguments alone = parsed({"delete", "--cascade", "rc", "a"});
  EXPECT_EQ(alone.value("cascade"), "background");
  EXPECT_EQ(alone.operands, (std::vector<std::string>{"rc", "a"}));
  EXPECT_EQ(parsed({"create", "-f", "x", "--dry-run"}).value("dry-run"), "client");
}

TEST(Arguments, SwitchesThatAreOnCanBeTurnedOff) {
  EXPECT_TRUE(parsed({"delete", "rc", "a"}).is_on("wait"));
  EXPECT_FALSE(parsed({"delete", "rc", "a", "--wait=false"}).is_on("wait"));
  EXPECT_FALSE(parsed({"rollout", "status", "deploy/a", "-w=false"}).is_on("watch"));
  EXPECT_FALSE(parsed({"get", "pods", "-w=false"}).has("watch"));
}

TEST(Arguments, TellsWhereTheDashesStood) {
  const Arguments arguments = parsed({"exec", "pod", "-c", "web", "--", "ls", "-l"});
  EXPECT_EQ(arguments.before_dashes, 1u);
  EXPECT_EQ(arguments.operands, (std::vector<std::string>{"pod", "ls", "-l"}));
  EXPECT_EQ(parsed({"exec", "pod"}).before_dashes, std::nullopt);
}

TEST(Arguments, AGroupMayDoSomethingItself) {
  const Arguments arguments = parsed({"create", "-f", "rc.yaml"});
  EXPECT_FALSE(arguments.command().needs_command());
  EXPECT_EQ(arguments.command_name(), "podrun create");
  EXPECT_EQ(parsed({"create", "ns", "team"}).command_name(), "podrun create namespace");
  EXPECT_TRUE(parsed({"image"}).command().needs_command());
}

TEST(Nearest, CountsSwappedLettersOnce) {
  const std::vector<std::string_view> names{"run", "image", "check", "version"};
  EXPECT_EQ(nearest("urn", names), "run");
  EXPECT_EQ(nearest("imgae", names), "image");
  EXPECT_EQ(nearest("ver", names), "version");
  EXPECT_EQ(nearest("xyz", names), std::nullopt);
  EXPECT_EQ(nearest(std::string(10000, 'a'), names), std::nullopt);
}

}  // namespace
}  // namespace podrun::cli
