#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/client/account_words.h"
#include "supervisor/client/condition.h"
#include "supervisor/client/edit_text.h"
#include "supervisor/client/event_rows.h"
#include "supervisor/client/generate.h"
#include "supervisor/client/manifest_objects.h"
#include "supervisor/client/service_words.h"
#include "supervisor/manifest/yaml_output.h"

namespace podrun::client {
namespace {

using manifest::json_text;
using manifest::yaml_text;

Json parse(const char* text) { return Json::parse(text); }

// Each text was printed by kubectl 1.35.
TEST(YamlText, QuotesAsKubectlDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"yes", "\"yes\""},
      {"123", "\"123\""},
      {"1.5", "\"1.5\""},
      {"null", "\"null\""},
      {"~", "\"~\""},
      {"", "\"\""},
      {"0x1f", "\"0x1f\""},
      {"1e3", "\"1e3\""},
      {"y", "\"y\""},
      {"on", "\"on\""},
      {"12:30", "\"12:30\""},
      {"1e", "1e"},
      {"a: b", "'a: b'"},
      {"a #b", "'a #b'"},
      {"#c", "'#c'"},
      {"-", "'-'"},
      {"-a", "-a"},
      {"a:", "'a:'"},
      {"'q'", "'''q'''"},
      {"[a]", "'[a]'"},
      {" a", "' a'"},
      {"a ", "'a '"},
      {"---", "'---'"},
      {"a\tb", "\"a\\tb\""},
      {"é", "é"},
      {"\x01", "\"\\x01\""},
      {"\\", "\\"},
      {"1.2.3.4", "1.2.3.4"},
      {"10.0.0.1:80", "10.0.0.1:80"},
      {"2026-01-02", "\"2026-01-02\""},
      {"--flag", "--flag"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(yaml_text({{"k", text}}), "k: " + std::string(expected) + "\n") << text;
  }
}

TEST(YamlText, WritesBlocksAndFolds) {
  EXPECT_EQ(yaml_text({{"k", "a\nb\n"}}), "k: |\n  a\n  b\n");
  EXPECT_EQ(yaml_text({{"k", "a\nb"}}), "k: |-\n  a\n  b\n");
  EXPECT_EQ(yaml_text({{"k", "a\n\n"}}), "k: |+\n  a\n\n");
  EXPECT_EQ(yaml_text({{"k", " a\nb"}}), "k: |2-\n   a\n  b\n");
  EXPECT_EQ(yaml_text({{"k", "a \nb"}}), "k: \"a \\nb\"\n");
  const std::string words = std::string(76, 'x') + " and more and more";
  EXPECT_EQ(yaml_text({{"k", words}}), "k: " + std::string(76, 'x') + " and\n  more and more\n");
}

TEST(YamlText, NestsAsKubectlDoes) {
  EXPECT_EQ(yaml_text(parse(R"({"b":[1,{"d":2,"c":[3,[4]]}],"a":{"x":{},"y":[],"z":null}})")),
            "a:\n  x: {}\n  \"y\": []\n  z: null\nb:\n- 1\n- c:\n  - 3\n  - - 4\n  d: 2\n");
  EXPECT_EQ(json_text(parse(R"({"b":1,"a":[]})")), "{\n    \"a\": [],\n    \"b\": 1\n}\n");
}

TEST(YamlText, ReadsBackAsTheSame) {
  const Json object{
      {"apiVersion", "v1"},
      {"kind", "X"},
      {"texts", {"a\n\nb\n", "  lead\n", "x: y", "no", "1_0", "'", "\"", "a\\b", "\n"}},
      {"long", std::string(60, 'a') + " " + std::string(60, 'b') + " 'c'"}};
  EXPECT_EQ(manifest_objects(yaml_text(object), "text").at(0)["texts"], object["texts"]);
  EXPECT_EQ(manifest_objects(yaml_text(object), "text").at(0)["long"], object["long"]);
}

TEST(ManifestObjects, TakesListsApart) {
  const auto objects = manifest_objects(
      "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: A}\n- {apiVersion: v1, kind: "
      "B}\n"
      "---\napiVersion: v1\nkind: C\n",
      "x");
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_EQ(objects[1]["kind"], "B");
  EXPECT_THROW(manifest_objects("a: b\n", "x"), BadInput);
  EXPECT_THROW(manifest_objects("a: [\n", "x"), BadInput);
  EXPECT_TRUE(manifest_objects("", "x").empty());
}

TEST(Until, ReadsEachForm) {
  EXPECT_TRUE(std::holds_alternative<UntilDeleted>(parse_until("delete")));
  EXPECT_TRUE(std::holds_alternative<UntilCreated>(parse_until("create")));
  const Json pod = parse(R"({"status":{"phase":"Running","conditions":[
      {"type":"Ready","status":"True"}]}})");
  for (const char* text : {"condition=ready", "condition=Ready=true", "jsonpath={.status.phase}",
                           "jsonpath={.status.phase}=Running", "jsonpath=.status.phase='Running'",
                           R"(jsonpath={.status.conditions[?(@.type=="Ready")].status}=True)"}) {
    EXPECT_TRUE(is_reached(parse_until(text), pod)) << text;
  }
  for (const char* text : {"condition=ready=false", "condition=other", "jsonpath={.status.none}",
                           "jsonpath={.status.phase}=Pending", "delete"}) {
    EXPECT_FALSE(is_reached(parse_until(text), pod)) << text;
  }
  EXPECT_THROW(parse_until("x"), Error);
  EXPECT_THROW(parse_until("jsonpath={.a}="), Error);
}

TEST(Until, AnOldGenerationDoesNotCount) {
  const Json object = parse(R"({"metadata":{"generation":2},"status":{"observedGeneration":1,
      "conditions":[{"type":"Available","status":"True"}]}})");
  EXPECT_FALSE(is_reached(parse_until("condition=available"), object));
}

TEST(RolloutState, TellsHowFarItIs) {
  Json deployment = parse(R"({"metadata":{"name":"web","generation":2},"spec":{"replicas":3},
      "status":{"observedGeneration":1}})");
  EXPECT_EQ(rollout_state(deployment, 0).text,
            "Waiting for deployment spec update to be observed...");
  deployment["status"] = parse(R"({"observedGeneration":2,"updatedReplicas":1,"replicas":4})");
  EXPECT_EQ(rollout_state(deployment, 0).text,
            "Waiting for deployment \"web\" rollout to finish: 1 out of 3 new replicas have been "
            "updated...");
  deployment["status"]["updatedReplicas"] = 3;
  EXPECT_EQ(rollout_state(deployment, 0).text,
            "Waiting for deployment \"web\" rollout to finish: 1 old replicas are pending "
            "termination...");
  deployment["status"]["replicas"] = 3;
  deployment["status"]["availableReplicas"] = 2;
  EXPECT_EQ(rollout_state(deployment, 0).text,
            "Waiting for deployment \"web\" rollout to finish: 2 of 3 updated replicas are "
            "available...");
  deployment["status"]["availableReplicas"] = 3;
  EXPECT_TRUE(rollout_state(deployment, 0).done);
  EXPECT_THROW(rollout_state(deployment, 7), Error);
  deployment["status"]["conditions"] =
      parse(R"([{"type":"Progressing","reason":"ProgressDeadlineExceeded"}])");
  EXPECT_THROW(rollout_state(deployment, 0), Error);
}

TEST(Events, AreRows) {
  const WallTime now = parse_rfc3339("2026-11-23T10:10:00Z");
  Json event = parse(R"({"type":"Warning","reason":"BackOff","message":"\u001b[1mx\n","count":3,
      "firstTimestamp":"2026-11-23T10:00:00Z","lastTimestamp":"2026-11-23T10:09:50Z",
      "involvedObject":{"kind":"Pod","name":"a"},"metadata":{"namespace":"n"}})");
  EXPECT_EQ(event_row(event, true, now),
            (Row{"n", "10s (x3 over 10m)", "Warning", "BackOff", "Pod/a", "^[[1mx"}));
  event["count"] = 1;
  EXPECT_EQ(event_row(event, false, now)[0], "10s");
}

TEST(EditText, HasAHeaderThatIsNotSent) {
  const std::string text = edit_header({"The Pod is invalid:\nspec"}) + "kind: Pod # kept\n";
  EXPECT_NE(text.find("# spec\n"), std::string::npos);
  EXPECT_EQ(without_header(text), "kind: Pod # kept\n");
  EXPECT_TRUE(is_blank_text("# a\n\n  # b\n"));
  EXPECT_FALSE(is_blank_text("# a\nb: c\n"));
}

TEST(Generate, MakesObjects) {
  const Json map = new_config_map("m", {.literals = {"a=b=c", "e="}, .files = {}, .env_files = {}});
  EXPECT_EQ(map["data"], parse(R"({"a":"b=c","e":""})"));
  EXPECT_EQ(
      new_secret("s", {.literals = {"p=secret"}, .files = {}, .env_files = {}}, "")["data"]["p"],
      "c2VjcmV0");
  for (const char* literal : {"a", "=b", "a b=c"}) {
    EXPECT_THROW(new_config_map("m", {.literals = {literal}, .files = {}, .env_files = {}}),
                 BadInput)
        << literal;
  }
  const Json web =
      new_deployment({.name = "web", .images = {"r.local:5000/a/b_c:1"}, .command = {}});
  EXPECT_EQ(web["spec"]["template"]["spec"]["containers"][0]["name"], "b-c");
  EXPECT_THROW(new_deployment({.name = "w", .images = {"a", "b"}, .command = {"c"}}), BadInput);
}

TEST(ClientGenerate, Service) {
  const Json service = new_service({.name = "web", .type = "ClusterIP", .tcp = {"80:http,53"}});
  EXPECT_EQ(service["spec"]["ports"].dump(),
            R"([{"name":"80-http","port":80,"protocol":"TCP","targetPort":"http"},)"
            R"({"name":"53","port":53,"protocol":"TCP","targetPort":53}])");
  EXPECT_THROW(new_service({.name = "web", .type = "ClusterIP"}), BadInput);
  EXPECT_THROW(new_service({.name = "web", .type = "ClusterIP", .tcp = {"bad"}}), BadInput);
  EXPECT_FALSE(
      new_service({.name = "web", .type = "ClusterIP", .cluster_ip = "None"})["spec"].contains(
          "ports"));
}

TEST(ClientGenerate, RegistrySecretAndToken) {
  const Json secret =
      new_registry_secret({.name = "x", .server = "s", .user = "u", .password = "p"});
  EXPECT_EQ(secret["data"].dump(),
            R"({".dockerconfigjson":"eyJhdXRocyI6eyJzIjp7InVzZXJuYW1lIjoidSIsInBhc3N3b3JkIjoicCIs)"
            R"(ImF1dGgiOiJkVHB3In19fQ=="})");
  EXPECT_THROW(new_registry_secret({.name = "x", .server = "s"}), BadInput);
  EXPECT_EQ(new_token_request({.seconds = 600})["spec"].dump(), R"({"expirationSeconds":600})");
  EXPECT_THROW(new_token_request({.kind = "Pod"}), BadInput);
  EXPECT_THROW(new_tls_secret("x", "", ""), BadInput);
}

TEST(ClientGenerate, Job) {
  EXPECT_EQ(new_job("pi", "perl", {"date", "-u"}).dump(),
            R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"pi"},"spec":{"template":)"
            R"({"metadata":{},"spec":{"containers":[{"name":"pi","image":"perl","resources":{},)"
            R"("command":["date","-u"]}],"restartPolicy":"Never"}}},"status":{}})");
  EXPECT_FALSE(
      new_job("pi", "perl", {})["spec"]["template"]["spec"]["containers"][0].contains("command"));
}

TEST(ClientGenerate, CronJob) {
  Json cron_job =
      new_cron_job({.name = "tick", .image = "busybox", .command = {"date"}, .schedule = "@daily"});
  EXPECT_EQ(
      cron_job["spec"].dump(),
      R"({"jobTemplate":{"metadata":{"name":"tick"},"spec":{"template":{"metadata":{},"spec":)"
      R"({"containers":[{"name":"tick","image":"busybox","resources":{},"command":["date"]}],)"
      R"("restartPolicy":"OnFailure"}}}},"schedule":"@daily"})");
  cron_job["metadata"]["uid"] = "u-1";
  cron_job["spec"]["jobTemplate"]["metadata"] =
      parse(R"({"labels":{"a":"b"},"annotations":{"note":"mine"}})");
  const Json made = job_from(cron_job, "now");
  EXPECT_EQ(made["metadata"].dump(),
            R"({"annotations":{"cronjob.kubernetes.io/instantiate":"manual","note":"mine"},)"
            R"("labels":{"a":"b"},"name":"now","ownerReferences":[{"apiVersion":"batch/v1",)"
            R"("controller":true,"kind":"CronJob","name":"tick","uid":"u-1"}]})");
  EXPECT_EQ(made["spec"], cron_job["spec"]["jobTemplate"]["spec"]);
}

}  // namespace
}  // namespace podrun::client
