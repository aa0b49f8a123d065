// The command table's rows for `create` and its commands.
#pragma once

#include "cli/kube_flags.h"

namespace podrun::cli::kube {

inline constexpr Flag kSaveConfig{.name = "save-config",
                                  .help = "note the object in its annotation, for `apply`"};
inline constexpr Flag kCreateFlags[] = {
    kFilename,
    kRecursive,
    kSaveConfig,
    kValidate,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    {.name = "raw", .kind = kText, .value = "PATH", .help = "post the file to this path"},
    kNamespaceFlag,
    kSocket,
    kRequestTimeout};

inline constexpr Flag kCreateNamespaceFlags[] = {kSaveConfig,    kDryRun,      kFieldManager,
                                                 kOutput,        kShowManaged, kValidate,
                                                 kNamespaceFlag, kSocket,      kRequestTimeout};
inline constexpr Example kCreateNamespaceExamples[] = {
    {"A namespace", "podrun create namespace team"}};

inline constexpr Flag kFromFile{.name = "from-file",
                                .kind = kFile,
                                .value = "[KEY=]FILE",
                                .help = "a file under its name or KEY, or each file of a folder",
                                .repeatable = true};
inline constexpr Flag kFromLiteral{.name = "from-literal",
                                   .kind = kText,
                                   .value = "KEY=VALUE",
                                   .help = "a value under a key",
                                   .repeatable = true};
inline constexpr Flag kFromEnvFile{.name = "from-env-file",
                                   .kind = kFile,
                                   .value = "FILE",
                                   .help = "lines of KEY=VALUE",
                                   .repeatable = true};
inline constexpr Flag kCreateConfigMapFlags[] = {
    kFromLiteral, kFromFile,    kFromEnvFile, kSaveConfig,    kDryRun, kFieldManager,
    kOutput,      kShowManaged, kValidate,    kNamespaceFlag, kSocket, kRequestTimeout};
inline constexpr Example kCreateConfigMapExamples[] = {
    {"From values", "podrun create configmap settings --from-literal=colour=blue"},
    {"From a folder", "podrun create configmap settings --from-file=config/"},
};
inline constexpr Flag kCreateSecretFlags[] = {
    kFromLiteral,   kFromFile,
    kFromEnvFile,   {.name = "type", .kind = kText, .value = "TYPE", .help = "the secret's type"},
    kSaveConfig,    kDryRun,
    kFieldManager,  kOutput,
    kShowManaged,   kValidate,
    kNamespaceFlag, kSocket,
    kRequestTimeout};
inline constexpr Example kCreateSecretExamples[] = {
    {"A password", "podrun create secret generic key --from-literal=password=secret"}};
inline constexpr Flag kCreateTlsFlags[] = {
    {.name = "cert", .kind = kFile, .value = "FILE", .help = "the certificate, in PEM"},
    {.name = "key", .kind = kFile, .value = "FILE", .help = "its private key, in PEM"},
    kSaveConfig,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kValidate,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout};
inline constexpr Example kCreateTlsExamples[] = {
    {"A certificate with its key", "podrun create secret tls web --cert=tls.crt --key=tls.key"}};
inline constexpr Flag kCreateRegistryFlags[] = {
    {.name = "docker-server",
     .kind = kText,
     .value = "ADDRESS",
     .help = "the registry",
     .fallback = "https://index.docker.io/v1/"},
    {.name = "docker-username", .kind = kText, .value = "NAME", .help = "who logs in"},
    {.name = "docker-password", .kind = kText, .value = "PASSWORD", .help = "with what"},
    {.name = "docker-email", .kind = kText, .value = "ADDRESS", .help = "an address, if need be"},
    kFromFile,
    kSaveConfig,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kValidate,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout};
inline constexpr Example kCreateRegistryExamples[] = {
    {"A login",
     "podrun create secret docker-registry pull --docker-username=me "
     "--docker-password=secret"},
    {"From docker's own file",
     "podrun create secret docker-registry pull --from-file=.docker/config.json"}};
inline constexpr Command kCreateSecretCommands[] = {
    {.name = "tls",
     .summary = "Make a secret from a certificate and its key",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateTlsFlags,
     .examples = kCreateTlsExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "docker-registry",
     .summary = "Make a secret from a login to a registry",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateRegistryFlags,
     .examples = kCreateRegistryExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "generic",
     .summary = "Make a secret from values or files",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateSecretFlags,
     .examples = kCreateSecretExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
};
inline constexpr Flag kTcp{.name = "tcp",
                           .kind = kText,
                           .value = "PORT[:TARGET]",
                           .help = "a port, and the pods' port behind it",
                           .repeatable = true};
inline constexpr Flag kCreateClusterIpFlags[] = {
    kTcp,
    {.name = "clusterip", .kind = kText, .value = "IP", .help = "its address; None: has none"},
    kSaveConfig,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kValidate,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout};
inline constexpr Flag kCreateNodePortFlags[] = {
    kTcp,
    {.name = "node-port", .kind = kText, .value = "PORT", .help = "each node's port for it"},
    kSaveConfig,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kValidate,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout};
inline constexpr Example kCreateClusterIpExamples[] = {
    {"Of the pods with app=web", "podrun create service clusterip web --tcp=80:8080"},
    {"Headless: the pods' own addresses", "podrun create service clusterip web --clusterip=None"}};
inline constexpr Example kCreateNodePortExamples[] = {
    {"With a port on each node",
     "podrun create service nodeport web --tcp=80:8080 --node-port=30080"}};
inline constexpr Command kCreateServiceCommands[] = {
    {.name = "clusterip",
     .summary = "Make a service with an address in the cluster",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateClusterIpFlags,
     .examples = kCreateClusterIpExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "nodeport",
     .summary = "Make a service with a port on each node",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateNodePortFlags,
     .examples = kCreateNodePortExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
};
inline constexpr Example kCreateAccountExamples[] = {
    {"A service account", "podrun create serviceaccount robot"}};
inline constexpr Flag kCreateTokenFlags[] = {
    {.name = "audience",
     .kind = kText,
     .value = "NAME",
     .help = "whom the token is for (default: the API server)",
     .repeatable = true},
    {.name = "duration",
     .kind = kDuration,
     .value = "DURATION",
     .help = "how long it lives; 0s: as the server likes",
     .fallback = "0s"},
    {.name = "bound-object-kind",
     .kind = kText,
     .value = "KIND",
     .help = "Pod, Secret or Node: the token dies with it"},
    {.name = "bound-object-name", .kind = kText, .value = "NAME", .help = "the name of that"},
    {.name = "bound-object-uid", .kind = kText, .value = "UID", .help = "the uid of that"},
    kOutput,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout};
inline constexpr Example kCreateTokenExamples[] = {
    {"A token for ten minutes", "podrun create token default --duration=10m"}};
inline constexpr Flag kCreateDeploymentFlags[] = {
    {.name = "image",
     .kind = kImage,
     .value = "IMAGE",
     .help = "an image; several make several containers",
     .repeatable = true},
    {.name = "replicas",
     .letter = 'r',
     .kind = kText,
     .value = "N",
     .help = "how many pods",
     .fallback = "1"},
    {.name = "port", .kind = kText, .value = "PORT", .help = "the port that the container serves"},
    kSaveConfig,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kValidate,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kCreateDeploymentExamples[] = {
    {"Three pods of an image", "podrun create deployment web --image=luksa/kubia --replicas=3"},
    {"A manifest to begin with",
     "podrun create deployment web --image=luksa/kubia --dry-run=client -o yaml"},
};
inline constexpr Flag kJobImage{
    .name = "image", .kind = kImage, .value = "IMAGE", .help = "the image that it runs"};
inline constexpr Flag kCreateJobFlags[] = {
    kJobImage,
    {.name = "from",
     .kind = kText,
     .value = "cronjob/NAME",
     .help = "the job that this cron job would make, now"},
    kSaveConfig,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kValidate,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kCreateJobExamples[] = {
    {"A command that is run once", "podrun create job today --image=busybox -- date"},
    {"A cron job's job, now", "podrun create job now --from=cronjob/nightly"},
};
inline constexpr Flag kCreateCronJobFlags[] = {
    kJobImage,
    {.name = "schedule",
     .kind = kText,
     .value = "SCHEDULE",
     .help = "minute, hour, day, month, day of the week; or @hourly and its like"},
    {.name = "restart",
     .kind = kText,
     .value = "POLICY",
     .help = "OnFailure or Never",
     .fallback = "OnFailure"},
    kSaveConfig,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kValidate,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kCreateCronJobExamples[] = {
    {"The date, each quarter of an hour",
     "podrun create cronjob tick --image=busybox --schedule='*/15 * * * *' -- date"},
};
inline constexpr Command kCreateCommands[] = {
    {.name = "namespace",
     .alias = "ns",
     .summary = "Make a namespace",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateNamespaceFlags,
     .examples = kCreateNamespaceExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "configmap",
     .alias = "cm",
     .summary = "Make a config map from values or files",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateConfigMapFlags,
     .examples = kCreateConfigMapExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "secret",
     .summary = "Make a secret",
     .commands = kCreateSecretCommands,
     .program = kProgram},
    {.name = "serviceaccount",
     .alias = "sa",
     .summary = "Make a service account",
     .operands = {"NAME", 1, 1, kText},
     .flags = kCreateNamespaceFlags,
     .examples = kCreateAccountExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "service",
     .alias = "svc",
     .summary = "Make a service",
     .commands = kCreateServiceCommands,
     .program = kProgram},
    {.name = "token",
     .summary = "Ask for a token of a service account",
     .operands = {"SERVICE-ACCOUNT", 1, 1, kText},
     .flags = kCreateTokenFlags,
     .examples = kCreateTokenExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "deployment",
     .alias = "deploy",
     .summary = "Make a deployment",
     .operands = {"NAME [-- COMMAND [ARG...]]", 1, kAny, kText},
     .flags = kCreateDeploymentFlags,
     .examples = kCreateDeploymentExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "job",
     .summary = "Make a job",
     .operands = {"NAME [-- COMMAND [ARG...]]", 1, kAny, kText},
     .flags = kCreateJobFlags,
     .examples = kCreateJobExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "cronjob",
     .alias = "cj",
     .summary = "Make a cron job",
     .operands = {"NAME [-- COMMAND [ARG...]]", 1, kAny, kText},
     .flags = kCreateCronJobFlags,
     .examples = kCreateCronJobExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
};
inline constexpr Example kCreateExamples[] = {
    {"The objects of a manifest", "podrun create -f rc.yaml"},
    {"From a pipe", "generate | podrun create -f -"},
};
inline constexpr Command kCreate{.name = "create",
                                 .summary = "Make objects from manifests, or one of a kind",
                                 .flags = kCreateFlags,
                                 .examples = kCreateExamples,
                                 .commands = kCreateCommands,
                                 .exit_codes = kExitCodes,
                                 .program = kProgram,
                                 .runs_alone = true};

}  // namespace podrun::cli::kube
