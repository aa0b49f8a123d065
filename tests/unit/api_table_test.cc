#include <gtest/gtest.h>

#include "supervisor/api/api_error.h"
#include "supervisor/api/table.h"

namespace podrun::api {
namespace {

const WallTime kNow = parse_rfc3339("2026-01-01T12:00:00Z");

Json object(const char* rest) {
  Json made = Json::parse(rest);
  made["metadata"]["name"] = "kubia";
  made["metadata"]["creationTimestamp"] = "2026-01-01T11:00:00Z";
  return made;
}

std::string cells(const char* resource, const char* rest) {
  const Json made = table_cells(resource, object(rest), kNow);
  EXPECT_EQ(made.size(), table_columns(resource).size()) << resource;
  return made.dump();
}

TEST(Table, Pods) {
  EXPECT_EQ(cells("pods", R"({"spec":{"containers":[{"name":"a"}],"nodeName":"n1"},
      "status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}],
      "containerStatuses":[{"name":"a","ready":true,"restartCount":2,"state":{"running":{}},
      "lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-01T09:00:00Z"}}}]}})"),
            R"x(["kubia","1/1","Running","2 (3h ago)","60m","10.0.0.1","n1","<none>","<none>"])x");
  EXPECT_EQ(cells("pods", R"({"spec":{"containers":[{"name":"a"}],"initContainers":[{"name":"i"}]},
      "status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}}],
      "containerStatuses":[{"name":"a","state":{"waiting":{"reason":"PodInitializing"}}}]}})"),
            R"(["kubia","0/1","Init:0/1","0","60m","<none>","<none>","<none>","<none>"])");
  EXPECT_EQ(cells("pods", R"({"metadata":{"deletionTimestamp":"2026-01-01T11:59:00Z"},
      "spec":{"containers":[{"name":"a"}],"readinessGates":[{"conditionType":"g"}]},
      "status":{"phase":"Running","conditions":[{"type":"g","status":"True"}]}})"),
            R"(["kubia","0/1","Terminating","0","60m","<none>","<none>","<none>","1/1"])");
}

TEST(Table, OddObjectsStillHaveRows) {
  EXPECT_EQ(
      cells("pods", R"({"spec":7,"status":{"phase":1,"containerStatuses":[3,{"state":[]}]}})"),
      R"(["kubia","0/0","1","0","60m","<none>","<none>","<none>","<none>"])");
  for (const char* resource : {"nodes", "services", "endpoints", "events", "replicasets.apps"}) {
    cells(resource, R"({"spec":[1],"status":"x","subsets":{"a":1}})");
    cells(resource, "{}");
  }
}

TEST(Table, DaemonSets) {
  EXPECT_EQ(cells("daemonsets.apps", R"({"spec":{"selector":{"matchLabels":{"app":"a"}},
      "template":{"spec":{"nodeSelector":{"disk":"ssd"},"containers":[{"name":"c","image":"x"}]}}},
      "status":{"desiredNumberScheduled":4,"currentNumberScheduled":3,"numberReady":2,
      "updatedNumberScheduled":1}})"),
            R"(["kubia",4,3,2,1,0,"disk=ssd","60m","c","x","app=a"])");
  EXPECT_EQ(table_columns("daemonsets.apps")[6]["name"], "Node Selector");
}

TEST(Table, Jobs) {
  const auto job = [](const std::string& spec, const std::string& status) {
    const std::string text = R"({"spec":{)" + spec + R"("selector":{"matchLabels":{"job-name":"a"}},
        "template":{"spec":{"containers":[{"name":"c","image":"x"}]}}},"status":{)" +
                             status + "}}";
    return cells("jobs.batch", text.c_str());
  };
  const auto condition = [](const std::string& type) {
    return R"("conditions":[{"type":")" + type + R"(","status":"True"}])";
  };
  EXPECT_EQ(job(R"("completions":3,)", R"("succeeded":1,"startTime":"2026-01-01T11:58:00Z")"),
            R"(["kubia","Running","1/3","2m","60m","c","x","job-name=a"])");
  EXPECT_EQ(job(R"("parallelism":2,)", R"("startTime":"2026-01-01T11:58:00Z",)"
                                       R"("completionTime":"2026-01-01T11:58:30Z",)" +
                                           condition("Complete")),
            R"(["kubia","Complete","0/1 of 2","30s","60m","c","x","job-name=a"])");
  for (const char* state : {"Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
    EXPECT_EQ(job("", condition(state)),
              R"(["kubia",")" + std::string(state) + R"(","0/1","","60m","c","x","job-name=a"])");
  }
}

TEST(Table, CronJobs) {
  const auto cron_job = [](const std::string& spec, const std::string& status) {
    const std::string text = R"({"spec":{"schedule":"@daily",)" + spec +
                             R"("jobTemplate":{"spec":{"template":{"spec":{"containers":[
        {"name":"c","image":"x"}]}}}}},"status":{)" +
                             status + "}}";
    return cells("cronjobs.batch", text.c_str());
  };
  EXPECT_EQ(cron_job(R"("suspend":false,)", ""),
            R"(["kubia","@daily","<none>","False",0,"<none>","60m","c","x","<none>"])");
  EXPECT_EQ(cron_job(R"("suspend":true,"timeZone":"Asia/Tokyo",)",
                     R"("active":[{"name":"a"},{"name":"b"}],)"
                     R"("lastScheduleTime":"2026-01-01T11:58:00Z")"),
            R"(["kubia","@daily","Asia/Tokyo","True",2,"2m","60m","c","x","<none>"])");
}

TEST(Table, Workloads) {
  constexpr auto kSpec = R"({"spec":{"replicas":3,"selector":SELECTOR,"template":{"spec":
      {"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]}}},
      "status":{"replicas":3,"readyReplicas":2,"updatedReplicas":3,"availableReplicas":1}})";
  const auto with = [&](const char* selector) {
    std::string text = kSpec;
    return text.replace(text.find("SELECTOR"), 8, selector);
  };
  EXPECT_EQ(cells("replicationcontrollers", with(R"({"app":"kubia"})").c_str()),
            R"(["kubia",3,3,2,"60m","a,b","x,y","app=kubia"])");
  EXPECT_EQ(cells("replicasets.apps",
                  with(R"({"matchExpressions":[{"key":"app","operator":"In","values":["a","b"]}]})")
                      .c_str()),
            R"x(["kubia",3,3,2,"60m","a,b","x,y","app in (a,b)"])x");
  EXPECT_EQ(cells("deployments.apps", with(R"({"matchLabels":{"app":"kubia"}})").c_str()),
            R"(["kubia","2/3",3,1,"60m","a,b","x,y","app=kubia"])");
}

TEST(Table, Nodes) {
  EXPECT_EQ(cells("nodes", R"({"metadata":{"labels":{"node-role.kubernetes.io/control-plane":"",
      "kubernetes.io/role":"a"}},"spec":{"unschedulable":true},"status":{
      "conditions":[{"type":"Ready","status":"True"}],
      "addresses":[{"type":"InternalIP","address":"10.1.1.1"}],
      "nodeInfo":{"kubeletVersion":"v1.34.0","osImage":"Debian","kernelVersion":"6.1"}}})"),
            R"(["kubia","Ready,SchedulingDisabled","a,control-plane","60m","v1.34.0","10.1.1.1",)"
            R"("<none>","Debian","6.1","<unknown>"])");
}

TEST(Table, Events) {
  EXPECT_EQ(
      cells("events", R"({"involvedObject":{"kind":"Pod","name":"p","fieldPath":"spec.x"},
      "reason":"Unhealthy","type":"Warning","message":" failed\n","count":79,
      "source":{"component":"kubelet","host":"n1"},
      "firstTimestamp":"2026-01-01T06:21:00Z","lastTimestamp":"2026-01-01T11:58:01Z"})"),
      R"(["119s","Warning","Unhealthy","pod/p","spec.x","kubelet, n1","failed","5h39m",79,"kubia"])");
  EXPECT_EQ(cells("events", R"({"regarding":{"kind":"Node"},"note":"up","type":"Normal",
      "eventTime":"2026-01-01T11:59:50.000000Z","reportingController":"kubelet"})"),
            R"(["10s","Normal","","node","","kubelet","up","10s",1,"kubia"])");
}

TEST(Table, Network) {
  EXPECT_EQ(
      cells("services", R"({"spec":{"type":"NodePort","clusterIP":"10.0.0.9","selector":{"a":"b"},
      "ports":[{"port":80,"nodePort":30080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]}})"),
      R"(["kubia","NodePort","10.0.0.9","<none>","80:30080/TCP,53/UDP","60m","a=b"])");
  EXPECT_EQ(cells("services", R"({"spec":{"type":"LoadBalancer","clusterIP":"None"}})"),
            R"(["kubia","LoadBalancer","None","<pending>","<none>","60m","<none>"])");
  EXPECT_EQ(cells("endpoints", R"({"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"::1"}],
      "ports":[{"port":80},{"port":81}]}]})"),
            R"(["kubia","1.1.1.1:80,[::1]:80,1.1.1.1:81 + 1 more...","60m"])");
  EXPECT_EQ(cells("endpoints", "{}"), R"(["kubia","<none>","60m"])");
  EXPECT_EQ(cells("endpointslices.discovery.k8s.io", R"({"addressType":"IPv4","ports":[{"port":80}],
      "endpoints":[{"addresses":["1.1.1.1"]},{"addresses":["1.1.1.2"]}]})"),
            R"(["kubia","IPv4","80","1.1.1.1,1.1.1.2","60m"])");
}

TEST(Table, Others) {
  EXPECT_EQ(cells("namespaces", R"({"status":{"phase":"Active"}})"), R"(["kubia","Active","60m"])");
  EXPECT_EQ(cells("configmaps", R"({"data":{"a":"1"},"binaryData":{"b":""}})"),
            R"(["kubia",2,"60m"])");
  EXPECT_EQ(cells("secrets", R"({"type":"Opaque","data":{"a":"1"}})"),
            R"(["kubia","Opaque",1,"60m"])");
  EXPECT_EQ(cells("serviceaccounts", "{}"), R"(["kubia",0,"60m"])");
  EXPECT_EQ(cells("leases.coordination.k8s.io", R"({"spec":{"holderIdentity":"n1"}})"),
            R"(["kubia","n1","60m"])");
  EXPECT_EQ(cells("controllerrevisions.apps", R"({"revision":2,"metadata":{"ownerReferences":[
      {"apiVersion":"apps/v1","kind":"StatefulSet","name":"web","controller":true}]}})"),
            R"(["kubia","statefulset.apps/web",2,"60m"])");
  EXPECT_EQ(cells("widgets.example.com", "{}"), R"(["kubia","2026-01-01T11:00:00Z"])");
}

TEST(Table, IsWrittenWhole) {
  const Json map = object(R"({"apiVersion":"v1","kind":"ConfigMap"})");
  const Json done = object(R"({"status":{"phase":"Failed"}})");
  TableOptions options;
  const Json table = Json::parse(
      table_text("configmaps", {&map, &map}, {{"resourceVersion", "7"}}, options, kNow));
  EXPECT_EQ(table["apiVersion"], "meta.k8s.io/v1");
  EXPECT_EQ(table["metadata"]["resourceVersion"], "7");
  EXPECT_EQ(table["columnDefinitions"][0].dump(),
            R"({"name":"Name","type":"string","format":"name",)"
            R"("description":"Name of the object, unique in its namespace.","priority":0})");
  EXPECT_EQ(table["rows"].size(), 2U);
  EXPECT_EQ(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
  EXPECT_EQ(table["rows"][0]["object"]["metadata"], map["metadata"]);
  options = {"v1beta1", IncludeObject::kNone, false};
  EXPECT_EQ(table_text("pods", {}, Json::object(), options, kNow),
            R"({"kind":"Table","apiVersion":"meta.k8s.io/v1beta1","metadata":{},)"
            R"("columnDefinitions":null,"rows":[]})");
  options.include = include_object("Object");
  const Json pods = Json::parse(table_text("pods", {&done}, Json::object(), options, kNow));
  EXPECT_EQ(pods["rows"][0]["object"], done);
  EXPECT_EQ(pods["rows"][0]["conditions"][0]["reason"], "Failed");
  EXPECT_THROW(include_object("All"), ApiError);
}

}  // namespace
}  // namespace podrun::api
