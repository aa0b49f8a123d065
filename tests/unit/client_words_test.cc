#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/client/catalogue.h"
#include "supervisor/client/metadata_words.h"
#include "supervisor/client/resource_words.h"

namespace podrun::client {
namespace {

Catalogue catalogue() {
  const auto resource = [](const char* plural, const char* singular, const char* kind,
                           const char* short_name, const char* scope) {
    return Json{{"resource", plural},
                {"responseKind", {{"kind", kind}}},
                {"scope", scope},
                {"singularResource", singular},
                {"verbs", {"get", "list"}},
                {"shortNames", {short_name}},
                {"categories", {"all"}},
                {"subresources", Json::array({Json{{"subresource", "scale"}}})}};
  };
  const auto group = [](const char* name, std::vector<std::pair<const char*, Json>> versions) {
    Json list = Json::array();
    for (auto& [version, resources] : versions) {
      list.push_back({{"version", version}, {"resources", Json::array({resources})}});
    }
    return Json{{"metadata", {{"name", name}}}, {"versions", list}};
  };
  const Json deployments =
      resource("deployments", "deployment", "Deployment", "deploy", "Namespaced");
  const Json core{
      {"items",
       Json::array({group("", {{"v1", resource("nodes", "node", "Node", "no", "Cluster")}})})}};
  const Json groups{
      {"items", Json::array({group("apps", {{"v1", deployments}, {"v1beta1", deployments}}),
                             group("extensions", {{"v1beta1", deployments}})})}};
  return {core, groups};
}

TEST(Catalogue, FindsByAllNames) {
  const Catalogue all = catalogue();
  for (const char* word : {"deployments", "deployment", "deploy", "Deployment", "DEPLOY",
                           "deployments.apps", "deploy.v1.apps"}) {
    const ResourceType* type = all.find(word);
    ASSERT_NE(type, nullptr) << word;
    EXPECT_EQ(type->api_version(), "apps/v1") << word;
  }
  EXPECT_EQ(all.find("deployments.extensions")->api_version(), "extensions/v1beta1");
  EXPECT_EQ(all.find("deploy.v1beta1.apps")->api_version(), "apps/v1beta1");
  for (const char* word : {"", "deploys", "deployments.nothing", "deployments.v1"}) {
    EXPECT_EQ(all.find(word), nullptr) << word;
  }
}

TEST(Catalogue, MakesPaths) {
  const Catalogue all = catalogue();
  const ResourceType& deployments = *all.find("deploy");
  EXPECT_EQ(deployments.path("a", "b"), "/apis/apps/v1/namespaces/a/deployments/b");
  EXPECT_EQ(deployments.collection(""), "/apis/apps/v1/deployments");
  EXPECT_EQ(deployments.shown_kind(), "deployment.apps");
  EXPECT_TRUE(deployments.has("scale"));
  EXPECT_EQ(all.find("no")->path("a", "b"), "/api/v1/nodes/b");
  EXPECT_EQ(all.find_kind("apps/v1beta1", "Deployment")->version, "v1beta1");
  EXPECT_EQ(all.find_kind("v1", "Deployment"), nullptr);
}

TEST(Catalogue, CategoriesHaveEachKindOnce) {
  const Catalogue all = catalogue();
  const auto found = all.category("all");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0]->resource, "nodes");
  EXPECT_EQ(found[1]->api_version(), "apps/v1");
  EXPECT_TRUE(all.category("none").empty());
}

TEST(ResourceWords, TakesEachForm) {
  using All = std::vector<NamedResources>;
  EXPECT_EQ(parse_resource_words({"pods"}), (All{{"pods", {}}}));
  EXPECT_EQ(parse_resource_words({"rc,pods"}), (All{{"rc", {}}, {"pods", {}}}));
  EXPECT_EQ(parse_resource_words({"pod", "a", "b"}), (All{{"pod", {"a", "b"}}}));
  EXPECT_EQ(parse_resource_words({"pod/a", "rc/b"}), (All{{"pod", {"a"}}, {"rc", {"b"}}}));
  EXPECT_EQ(parse_resource_words({}), All());
}

TEST(ResourceWords, RefusesMixtures) {
  EXPECT_THROW(parse_resource_words({"pod/a", "b"}), BadInput);
  EXPECT_THROW(parse_resource_words({"pod", "rc/b"}), BadInput);
  for (const char* word : {"a/b/c", "/a", "a/"}) {
    EXPECT_THROW(parse_resource_words({word}), BadInput) << word;
  }
}

TEST(MetadataWords, PartsObjectsFromChanges) {
  const MetadataWords words =
      parse_metadata_words({"pod", "a-b", "app=x", "example.com/k=", "old-"}, true);
  EXPECT_EQ(words.objects, (std::vector<std::string>{"pod", "a-b"}));
  EXPECT_EQ(words.changes.set.at("app"), "x");
  EXPECT_EQ(words.changes.set.at("example.com/k"), "");
  EXPECT_TRUE(words.changes.removed.contains("old"));
}

TEST(MetadataWords, RefusesWhatIsNoLabel) {
  for (const char* word : {"a=b=c", "a=b c", "=a", "a b=c"}) {
    EXPECT_THROW(parse_metadata_words({"pod", "x", word}, true), BadInput) << word;
  }
  EXPECT_THROW(parse_metadata_words({"pod", "x", "a=b", "a-"}, true), BadInput);
  EXPECT_THROW(parse_metadata_words({"pod", "x", "a=b", "rest"}, true), BadInput);
  EXPECT_NO_THROW(parse_metadata_words({"pod", "x", "a=b c=d"}, false)) << "an annotation";
}

TEST(MetadataPatch, SaysOnlyWhatDiffers) {
  const Json object = Json::parse(R"({"metadata":{"labels":{"a":"1","b":"2"}}})");
  const MetadataChanges changes{{{"a", "1"}, {"b", "3"}, {"c", "4"}}, {"d"}};
  EXPECT_EQ(metadata_patch(object, "labels", changes),
            Json::parse(R"({"metadata":{"labels":{"b":"3","c":"4"}}})"));
  EXPECT_TRUE(metadata_patch(object, "labels", {{{"a", "1"}}, {"d"}}).empty());
  EXPECT_EQ(metadata_patch(object, "labels", {{}, {"a"}}),
            Json::parse(R"({"metadata":{"labels":{"a":null}}})"));
  const auto found = clashes(object["metadata"]["labels"], changes);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0], (std::pair<std::string, std::string>("b", "2")));
}

}  // namespace
}  // namespace podrun::client
