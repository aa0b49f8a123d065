// Service accounts: their tokens, what those allow, and how pods come to have them.
#include <algorithm>

#include "api_fixture.h"
#include "supervisor/api/service_accounts.h"

namespace podrun::api {
namespace {

/// What a token says is plain here; its signature is another test's.
TokenSigner plain_signer() {
  return {[](const std::string& claims) { return "signed" + claims; },
          [](std::string_view token) -> std::optional<std::string> {
            if (!token.starts_with("signed")) return std::nullopt;
            return std::string(token.substr(6));
          }};
}

class ServiceAccountsTest : public ApiTest {
 protected:
  ServiceAccountsTest() {
    server_.give_tokens(accounts_);
    for (const char* name : {"default", "robot"}) make_account(name);
  }
  void make_account(const std::string& name) {
    expect(201, ask("POST", "serviceaccounts", {{"metadata", {{"name", name}}}}));
  }
  Json make_pod(const std::string& name, const std::string& account = "robot") {
    Json object = pod(name);
    object["spec"]["serviceAccountName"] = account;
    return expect(201, ask("POST", "pods", object));
  }
  TokenOrder order_for(const Json& pod) const {
    TokenOrder order;
    order.namespace_ = "default";
    order.account = "robot";
    order.pod = pod["metadata"]["name"];
    order.pod_uid = pod["metadata"]["uid"];
    return order;
  }
  /// The refusal of an order; "" where there is none.
  std::string problem(const TokenOrder& order) const {
    try {
      accounts_.issue(order);
    } catch (const ApiError& error) {
      return std::to_string(error.code()) + " " + error.what();
    }
    return "";
  }
  bool opens(const std::string& token) const { return accounts_.authenticate(token).has_value(); }

  ServiceAccounts accounts_{store_, clock_, plain_signer()};
};

TEST_F(ServiceAccountsTest, TokensStandForTheAccount) {
  const IssuedToken issued = accounts_.issue(order_for(make_pod("a")));
  EXPECT_EQ(issued.expires - issued.issued, Seconds(3600));
  const auto user = accounts_.authenticate(issued.token);
  ASSERT_TRUE(user.has_value());
  EXPECT_EQ(user->name, "system:serviceaccount:default:robot");
  EXPECT_EQ(user->groups,
            (std::vector<std::string>{"system:serviceaccounts", "system:serviceaccounts:default",
                                      "system:authenticated"}));
  EXPECT_FALSE(opens(issued.token.substr(1)));
  EXPECT_FALSE(opens("signed{}"));
  EXPECT_FALSE(opens("signed[]"));
  EXPECT_FALSE(opens("signed"));
}

TEST_F(ServiceAccountsTest, TokensEndWithTheirTime) {
  const IssuedToken issued = accounts_.issue(order_for(make_pod("a")));
  clock_.advance(Seconds(3599));
  EXPECT_TRUE(opens(issued.token));
  clock_.advance(Seconds(1));
  EXPECT_FALSE(opens(issued.token));
}

TEST_F(ServiceAccountsTest, TokensEndWithTheirPod) {
  const std::string token = accounts_.issue(order_for(make_pod("a"))).token;
  expect(200, ask("DELETE", "pods/a", nullptr, {{"gracePeriodSeconds", "0"}}));
  EXPECT_FALSE(opens(token));
  make_pod("a");  // another of the same name
  EXPECT_FALSE(opens(token));
}

TEST_F(ServiceAccountsTest, TokensEndWithTheirAccount) {
  const std::string token = accounts_.issue(order_for(make_pod("a"))).token;
  expect(200, ask("DELETE", "serviceaccounts/robot"));
  EXPECT_FALSE(opens(token));
  make_account("robot");
  EXPECT_FALSE(opens(token));
}

TEST_F(ServiceAccountsTest, TokensForOthersDoNotOpenTheApi) {
  TokenOrder order = order_for(make_pod("a"));
  order.audiences = {"vault"};
  EXPECT_FALSE(opens(accounts_.issue(order).token));
  order.audiences = {"vault", kTokenIssuer};
  EXPECT_TRUE(opens(accounts_.issue(order).token));
}

TEST_F(ServiceAccountsTest, WhoGetsNone) {
  const TokenOrder order = order_for(make_pod("a"));
  TokenOrder other = order;
  other.account = "none";
  EXPECT_EQ(problem(other), "404 serviceaccounts \"none\" not found");
  other.account = "default";
  EXPECT_EQ(problem(other),
            "400 cannot bind token for serviceaccount \"default\" to pod running with different "
            "serviceaccount name.");
  other = order;
  other.pod = "none";
  EXPECT_EQ(problem(other), "404 pods \"none\" not found");
  other = order;
  other.pod_uid = "u2";
  EXPECT_EQ(problem(other).substr(0, 4), "409 ");
}

TEST_F(ServiceAccountsTest, TokenRequests) {
  const std::string path = "serviceaccounts/robot/token";
  const Json made = expect(201, ask("POST", path, {{"spec", {{"expirationSeconds", 900}}}}));
  EXPECT_EQ(made["kind"], "TokenRequest");
  EXPECT_EQ(made["spec"]["audiences"], Json::array({kTokenIssuer}));
  EXPECT_EQ(made["status"]["expirationTimestamp"], rfc3339(clock_.wall() + Seconds(900)));
  EXPECT_TRUE(opens(made["status"]["token"]));
  EXPECT_EQ(expect(201, ask("POST", path, Json::object()))["spec"]["expirationSeconds"], 3600);

  EXPECT_EQ(refusal(ask("POST", path, {{"spec", {{"expirationSeconds", 599}}}})),
            "422 Invalid: TokenRequest.authentication.k8s.io \"\" is invalid: "
            "spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 "
            "minutes");
  EXPECT_EQ(
      ask("POST", path, {{"spec", {{"expirationSeconds", (std::int64_t{1} << 32) + 1}}}}).status,
      422);
  for (const Json& bad : {Json("x"), Json("[]"), Json("{\"spec\":3}"), Json("{")}) {
    EXPECT_EQ(ask("POST", path, bad).status, 400) << bad;
  }
  EXPECT_EQ(ask("POST", path, {{"spec", {{"boundObjectRef", {{"kind", "Node"}}}}}}).status, 400);
  EXPECT_EQ(ask("POST", "serviceaccounts/none/token", Json::object()).status, 404);
  EXPECT_EQ(ask("GET", path).status, 405);
}

TEST_F(ServiceAccountsTest, AccountsMayDiscoverAndNoMore) {
  make_pod("a");
  user_ = *accounts_.authenticate(accounts_.issue(order_for(make_pod("b"))).token);
  for (const char* path :
       {"/version", "/healthz", "/livez", "/readyz", "/api", "/api/v1", "/apis", "/apis/apps/v1"}) {
    EXPECT_EQ(ask("GET", path).status, 200) << path;
  }
  const std::string forbidden = "403 Forbidden: ";
  const std::string user = "User \"system:serviceaccount:default:robot\" cannot ";
  EXPECT_EQ(refusal(ask("GET", "pods")),
            forbidden + "pods is forbidden: " + user +
                "list resource \"pods\" in API group \"\" in the namespace \"default\"");
  EXPECT_EQ(refusal(ask("GET", "secrets/x")),
            forbidden + "secrets \"x\" is forbidden: " + user +
                "get resource \"secrets\" in API group \"\" in the namespace \"default\"");
  EXPECT_EQ(refusal(ask("POST", "pods/a/exec")),
            forbidden + "pods \"a\" is forbidden: " + user +
                "create resource \"pods/exec\" in API group \"\" in the namespace \"default\"");
  EXPECT_EQ(refusal(ask("GET", "/api/v1/nodes")),
            forbidden + "nodes is forbidden: " + user +
                "list resource \"nodes\" in API group \"\" at the cluster scope");
  for (const char* path : {"/metrics", "/", "/apiserver", "/logs"}) {
    EXPECT_EQ(ask("GET", path).status, 403) << path;
  }
  EXPECT_EQ(ask("POST", "/version").status, 403);
  EXPECT_EQ(ask("POST", "serviceaccounts/robot/token", Json::object()).status, 403);
  EXPECT_EQ(ask("GET", "pods", nullptr, {{"watch", "1"}}).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/watch/pods").status, 403);
  user_ = {};
  EXPECT_EQ(ask("GET", "pods").status, 403) << "nobody";
}

TEST_F(ServiceAccountsTest, NewPodsHaveTheTokenMounted) {
  EXPECT_FALSE(make_pod("before")["spec"].contains("volumes"));
  registry_.mount_tokens();
  const Json spec = make_pod("a")["spec"];
  ASSERT_EQ(spec["volumes"].size(), 1u);
  const std::string name = spec["volumes"][0]["name"];
  EXPECT_TRUE(name.starts_with("kube-api-access-")) << name;
  EXPECT_EQ(spec["containers"][0]["volumeMounts"][0],
            (Json{{"mountPath", "/var/run/secrets/kubernetes.io/serviceaccount"},
                  {"name", name},
                  {"readOnly", true}}));
  const Json& sources = spec["volumes"][0]["projected"]["sources"];
  EXPECT_EQ(sources[0]["serviceAccountToken"]["expirationSeconds"], 3607);
  EXPECT_EQ(sources[1]["configMap"]["name"], "kube-root-ca.crt");
  EXPECT_EQ(sources[2]["downwardAPI"]["items"][0]["path"], "namespace");
}

TEST_F(ServiceAccountsTest, PodsThatWantNoToken) {
  registry_.mount_tokens();
  Json object = pod("a");
  object["spec"]["automountServiceAccountToken"] = false;
  EXPECT_FALSE(expect(201, ask("POST", "pods", object))["spec"].contains("volumes"));

  patch("merge", "serviceaccounts/robot", {{"automountServiceAccountToken", false}});
  EXPECT_FALSE(make_pod("b")["spec"].contains("volumes"));
  object = pod("c");
  object["spec"]["serviceAccountName"] = "robot";
  object["spec"]["automountServiceAccountToken"] = true;
  EXPECT_TRUE(expect(201, ask("POST", "pods", object))["spec"].contains("volumes"))
      << "the pod's word goes before the account's";

  object = pod("d");
  object["spec"]["containers"][0]["volumeMounts"] = {
      {{"name", "own"}, {"mountPath", "/var/run/secrets/kubernetes.io/serviceaccount"}}};
  object["spec"]["volumes"] = {{{"name", "own"}, {"emptyDir", Json::object()}}};
  EXPECT_EQ(expect(201, ask("POST", "pods", object))["spec"]["volumes"].size(), 1u);
}

TEST_F(ServiceAccountsTest, PodsOfAnAccountThatIsNotThere) {
  registry_.mount_tokens();
  Json object = pod("a");
  object["spec"]["serviceAccountName"] = "none";
  EXPECT_EQ(refusal(ask("POST", "pods", object)),
            "403 Forbidden: pods \"a\" is forbidden: error looking up service account "
            "default/none: serviceaccount \"none\" not found");
  object["metadata"].erase("name");
  object["metadata"]["generateName"] = "bad-";
  EXPECT_EQ(refusal(ask("POST", "pods", object)),
            "403 Forbidden: pods \"bad-\" is forbidden: error looking up service account "
            "default/none: serviceaccount \"none\" not found");
  expect(200, ask("DELETE", "serviceaccounts/default"));
  EXPECT_EQ(ask("POST", "pods", pod("b")).status, 201) << "the controller makes it anew";
}

}  // namespace
}  // namespace podrun::api
