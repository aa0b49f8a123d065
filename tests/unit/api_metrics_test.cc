// GET /metrics: the format, and what requests count as.
#include "api_fixture.h"
#include "supervisor/api/metrics_text.h"

namespace podrun::api {
namespace {

TEST(MetricsText, Format) {
  MetricsText text;
  text.family("a_total", "counter", "What it is.");
  text.sample({}, 3);
  text.sample({{"name", "x\"y\\z\n"}, {"code", "200"}}, 0.25, "_bucket");
  text.single("b", "gauge", "Another.", 1e21);
  EXPECT_EQ(text.take(),
            "# HELP a_total What it is.\n# TYPE a_total counter\na_total 3\n"
            "a_total_bucket{name=\"x\\\"y\\\\z\\n\",code=\"200\"} 0.25\n"
            "# HELP b Another.\n# TYPE b gauge\nb 1e+21\n");
}

class Metrics : public ApiTest {
 protected:
  std::string metrics() {
    const Response response = ask("GET", "/metrics");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, MetricsText::kContentType);
    return response.body;
  }
  static bool has(const std::string& text, const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
  }
  static std::string total(const std::string& code, const std::string& group,
                           const std::string& resource, const std::string& scope,
                           const std::string& subresource, const std::string& verb,
                           const std::string& version, int count) {
    return "apiserver_request_total{code=\"" + code + "\",component=\"apiserver\",group=\"" +
           group + "\",resource=\"" + resource + "\",scope=\"" + scope + "\",subresource=\"" +
           subresource + "\",verb=\"" + verb + "\",version=\"" + version + "\"} " +
           std::to_string(count);
  }
};

TEST_F(Metrics, CountsRequests) {
  ask("POST", "configmaps", config_map("a"));
  ask("POST", "configmaps", config_map("a"));
  ask("GET", "configmaps");
  ask("GET", "configmaps", nullptr, {{"watch", "true"}});
  ask("GET", "configmaps/a");
  ask("GET", "/apis/apps/v1/deployments");
  ask("GET", "/nothing/here");
  ask("BREW", "/nothing/here");
  running_pod("p");
  ask("POST", "pods/p/exec");
  content_type_ = "application/apply-patch+yaml";
  ask("PATCH", "configmaps/a", {{"apiVersion", "v1"}, {"kind", "ConfigMap"}},
      {{"fieldManager", "x"}});
  content_type_.clear();
  const std::string text = metrics();
  const char* maps = "configmaps";
  EXPECT_TRUE(has(text, total("201", "", maps, "namespace", "", "POST", "v1", 1))) << text;
  EXPECT_TRUE(has(text, total("409", "", maps, "namespace", "", "POST", "v1", 1)));
  EXPECT_TRUE(has(text, total("200", "", maps, "namespace", "", "LIST", "v1", 1)));
  EXPECT_TRUE(has(text, total("200", "", maps, "namespace", "", "WATCH", "v1", 1)));
  EXPECT_TRUE(has(text, total("200", "", maps, "resource", "", "GET", "v1", 1)));
  EXPECT_TRUE(has(text, total("200", "", maps, "resource", "", "APPLY", "v1", 1)));
  EXPECT_TRUE(has(text, total("200", "apps", "deployments", "cluster", "", "LIST", "v1", 1)));
  EXPECT_TRUE(has(text, total("200", "", "pods", "resource", "exec", "CONNECT", "v1", 1)));
  EXPECT_TRUE(has(text, total("404", "", "", "", "", "GET", "", 1)));
  EXPECT_TRUE(has(text, total("404", "", "", "", "", "other", "", 1)));
  EXPECT_NE(text.find("kubernetes_build_info{git_version=\"v1.34.0+podrun-test\"} 1"),
            std::string::npos);
}

TEST_F(Metrics, DurationsAreAHistogram) {
  ask("GET", "configmaps");
  const std::string text = metrics();
  const std::string labels =
      "{component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"namespace\","
      "subresource=\"\",verb=\"LIST\",version=\"v1\"";
  const std::string name = "apiserver_request_duration_seconds";
  EXPECT_TRUE(has(text, name + "_bucket" + labels + ",le=\"0.005\"} 1")) << text;
  EXPECT_TRUE(has(text, name + "_bucket" + labels + ",le=\"+Inf\"} 1"));
  EXPECT_TRUE(has(text, name + "_sum" + labels + "} 0"));
  EXPECT_TRUE(has(text, name + "_count" + labels + "} 1"));
}

TEST_F(Metrics, ClientsInventNoLabels) {
  for (int i = 0; i < 100; ++i) {
    const std::string odd = std::to_string(i);
    ask("GET", "/api/v1/namespaces/default/pods/a/sub" + odd);
    ask("GET", "/apis/group" + odd + "/v1/things");
    ask("GET", "/api/v" + odd + "/pods");
    ask("VERB" + odd, "pods");
  }
  const std::string text = metrics();
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 150) << text;
}

TEST_F(Metrics, OthersTellTheirs) {
  server_.on_metrics([](MetricsText& out) { out.single("mine", "gauge", "Mine.", 7); });
  EXPECT_TRUE(has(metrics(), "mine 7"));
}

}  // namespace
}  // namespace podrun::api
