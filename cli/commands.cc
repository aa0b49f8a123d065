#include "cli/commands.h"

#include <limits>

#include "cli/daemon_table.h"
#include "cli/folder_flags.h"
#include "cli/kube_table_create.h"
#include "cli/kube_table_node.h"
#include "cli/kube_table_pods.h"
#include "cli/kube_table_read.h"
#include "cli/kube_table_rollout.h"
#include "cli/kube_table_write.h"

namespace podrun::cli {
namespace {

using enum ValueKind;
using Text = std::string_view;

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

constexpr Text kTextOrJson[] = {"text", "json"};
constexpr Text kTableOutputs[] = {"table", "wide", "json", "name"};
constexpr Text kShells[] = {"bash", "zsh", "fish"};
constexpr Text kArchiveFormats[] = {"oci", "docker"};

// ---- flags that several commands share

constexpr Flag kOutput{.name = "output",
                       .letter = 'o',
                       .kind = kChoice,
                       .value = "FORMAT",
                       .help = "text or json",
                       .fallback = "text",
                       .choices = kTextOrJson};
constexpr Flag kTable{.name = "output",
                      .letter = 'o',
                      .kind = kChoice,
                      .value = "FORMAT",
                      .help = "table, wide, json or name",
                      .fallback = "table",
                      .choices = kTableOutputs};
// ---- run

constexpr Flag kRunFlags[] = {
    {.name = "filename",
     .letter = 'f',
     .kind = kFile,
     .value = "FILE",
     .help = "a manifest, as if given as an argument",
     .repeatable = true},
    {.name = "for",
     .kind = kDuration,
     .value = "DURATION",
     .help = "end the pods gracefully after this time (60s, 1m30s)"},
    {.name = "output",
     .letter = 'o',
     .kind = kChoice,
     .value = "FORMAT",
     .help = "text, or json: one object a line",
     .fallback = "text",
     .choices = kTextOrJson},
    {.name = "strict", .help = "refuse manifests with fields that are unknown or not supported"},
    {.name = "expect",
     .kind = kText,
     .value = "EXPR",
     .help = "fail with exit code 3 unless it holds at the end (memory.peak<=100Mi)",
     .repeatable = true},
    {.name = "report",
     .kind = kFile,
     .value = "FILE",
     .help = "write what each container instance used, as JSON"},
    {.name = "junit",
     .kind = kFile,
     .value = "FILE",
     .help = "write the expectations as JUnit XML"},
    {.name = "allow-no-limits",
     .help = "run even where this machine cannot enforce a limit that the manifest asks for"},
    {.name = "keep-logs", .help = "leave the containers' log files behind at the end"},
    {.name = "quiet", .letter = 'q', .help = "show what the containers write, nothing else"},
    {.name = "no-color", .help = "no colours, on a terminal too (as NO_COLOR does)"},
    kDataDir,
    kRunDir,
    kLogDir,
};
constexpr Example kRunExamples[] = {
    {"Run a pod in the foreground; Ctrl-C ends it", "podrun run pod.yaml"},
    {"Several manifests, or a folder of them, together", "podrun run web.yaml db.yaml jobs/"},
    {"A manifest from a pipe, for one minute", "generate | podrun run --for 1m -"},
    {"In CI: does it live within its limits?",
     "podrun run --for 30s --report r.json --expect 'memory.peak<=100Mi' --expect restarts=0 "
     "pod.yaml"},
    {"Events, output and status for another program", "podrun run -o json pod.yaml | jq -c ."},
};

// ---- image

constexpr Flag kImportFlags[] = {
    {.name = "change",
     .letter = 'c',
     .kind = kText,
     .value = "INSTRUCTION",
     .help = "set part of the configuration, as in a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, "
             "LABEL, STOPSIGNAL, USER, WORKDIR",
     .repeatable = true},
    {.name = "quiet", .letter = 'q', .help = "print only the image's id"},
    kDataDir,
};
constexpr Example kImportExamples[] = {
    {"An image that another engine saved", "podrun image import kubia.tar"},
    {"A root file system as a tar archive",
     "podrun image import --change 'CMD [\"/bin/sh\"]' rootfs.tar.gz demo/shell:1"},
    {"A folder", "podrun image import ./rootfs demo/rootfs"},
};

constexpr Flag kListFlags[] = {
    kTable,
    {.name = "quiet", .letter = 'q', .help = "print only ids"},
    {.name = "no-trunc", .help = "print ids in full"},
    kDataDir,
};
constexpr Example kListExamples[] = {
    {"All images", "podrun image list"},
    {"Their names, for a script", "podrun image list -o name"},
};

constexpr Flag kDataDirOnly[] = {kDataDir};
constexpr Example kInspectExamples[] = {
    {"What an image runs", "podrun image inspect luksa/kubia | jq '.[0].Config.Entrypoint'"}};

constexpr Flag kRemoveFlags[] = {
    {.name = "force",
     .letter = 'f',
     .help = "by id: also with several names; in use by a container: remove its names"},
    kDataDir,
};
constexpr Example kRemoveExamples[] = {
    {"Remove a name; the layers go with the last one", "podrun image rm luksa/kubia:latest"}};

constexpr Flag kExportFlags[] = {
    {.name = "output",
     .letter = 'o',
     .kind = kFile,
     .value = "FILE",
     .help = "write there instead of standard output"},
    {.name = "format",
     .kind = kChoice,
     .value = "FORMAT",
     .help = "docker (docker-archive) or oci (OCI layout)",
     .fallback = "docker",
     .choices = kArchiveFormats},
    {.name = "quiet", .letter = 'q', .help = "no progress bar"},
    kDataDir,
};
constexpr Example kExportExamples[] = {
    {"Hand an image to another engine", "podrun image export -o kubia.tar luksa/kubia"},
    {"Over a pipe, compressed", "podrun image export luksa/kubia | zstd > kubia.tar.zst"},
};

constexpr Flag kPruneFlags[] = {
    {.name = "all", .letter = 'a', .help = "also images that have a name"},
    kDataDir,
};
constexpr Example kPruneExamples[] = {
    {"Free what no name leads to", "podrun image prune"},
};
constexpr Example kTagExamples[] = {
    {"A second name for an image", "podrun image tag luksa/kubia registry.local/kubia:v1"}};

constexpr Flag kBuildRootfsFlags[] = {
    {.name = "change",
     .letter = 'c',
     .kind = kText,
     .value = "INSTRUCTION",
     .help = "set part of the configuration, as in a Dockerfile",
     .repeatable = true},
    {.name = "path",
     .kind = kText,
     .value = "PATH",
     .help = "where the program is in the image",
     .fallback = "/PROGRAM"},
    {.name = "link",
     .kind = kText,
     .value = "PATH",
     .help = "a path in the image that becomes a link to the program",
     .repeatable = true},
    {.name = "output",
     .letter = 'o',
     .kind = kFile,
     .value = "FILE",
     .help = "write a docker-archive there instead of importing the image"},
    {.name = "quiet", .letter = 'q', .help = "print only the image's id"},
    kDataDir,
};
constexpr Example kBuildRootfsExamples[] = {
    {"An image of one static program", "podrun image build-rootfs ./server demo/server:1"},
    {"A program with another name for it",
     "podrun image build-rootfs --link /bin/sh --change 'CMD [\"sh\"]' /bin/busybox busybox"},
};

constexpr std::string_view kImageProgram = "podrun-image";
constexpr Command kImageCommands[] = {
    {.name = "import",
     .summary = "Bring in an image from a folder or an archive",
     .description =
         "SOURCE is a folder, a tar archive of a root file system, a docker-archive or an OCI "
         "layout (a folder or an archive); archives may be compressed with gzip or zstd, and \"-\" "
         "reads one from standard input. Digests are verified. NAME is needed where SOURCE does "
         "not name the image itself.",
     .operands = {"SOURCE [NAME[:TAG]]", 1, 2, kFile},
     .flags = kImportFlags,
     .examples = kImportExamples,
     .program = kImageProgram},
    {.name = "list",
     .alias = "ls",
     .summary = "List images",
     .operands = {"[NAME]", 0, 1, kImage},
     .flags = kListFlags,
     .examples = kListExamples,
     .program = kImageProgram},
    {.name = "inspect",
     .summary = "Show images in full, as JSON",
     .operands = {"IMAGE...", 1, kAny, kImage},
     .flags = kDataDirOnly,
     .examples = kInspectExamples,
     .program = kImageProgram},
    {.name = "rm",
     .summary = "Remove images",
     .operands = {"IMAGE...", 1, kAny, kImage},
     .flags = kRemoveFlags,
     .examples = kRemoveExamples,
     .program = kImageProgram},
    {.name = "tag",
     .summary = "Give an image another name",
     .operands = {"IMAGE NAME[:TAG]", 2, 2, kImage},
     .flags = kDataDirOnly,
     .examples = kTagExamples,
     .program = kImageProgram},
    {.name = "export",
     .alias = "save",
     .summary = "Write an image with its layers and configuration as a tar archive",
     .operands = {"IMAGE", 1, 1, kImage},
     .flags = kExportFlags,
     .examples = kExportExamples,
     .program = kImageProgram},
    {.name = "prune",
     .summary = "Remove images without a name, and layers that no image uses",
     .flags = kPruneFlags,
     .examples = kPruneExamples,
     .program = kImageProgram},
    {.name = "build-rootfs",
     .summary = "Make a minimal image from one static program",
     .description =
         "The image holds the program, /etc/passwd, /etc/group, /root and /tmp, and runs "
         "the program. The same program gives the same image, byte for byte.",
     .operands = {"PROGRAM NAME[:TAG]", 2, 2, kFile},
     .flags = kBuildRootfsFlags,
     .examples = kBuildRootfsExamples,
     .program = kImageProgram},
};

// ---- the others

constexpr Flag kCheckFlags[] = {
    kOutput,
    {.name = "no-color", .help = "no colours, on a terminal too (as NO_COLOR does)"},
    kDataDir,
};
constexpr Example kCheckExamples[] = {
    {"What can this machine do?", "podrun check"},
    {"In a script: only what is not in order",
     "podrun check -o json | jq '.checks[] | select(.state != \"ok\")'"},
};

constexpr Flag kPsFlags[] = {kTable, kRunDir};
constexpr Example kPsExamples[] = {{"Pods that run on this machine", "podrun ps"}};

constexpr Flag kVersionFlags[] = {kOutput};
constexpr Example kVersionExamples[] = {
    {"The version alone", "podrun version -o json | jq -r .version"}};

constexpr Example kCompletionExamples[] = {
    {"bash, for this shell", "source <(podrun completion bash)"},
    {"bash, for all", "podrun completion bash > /usr/share/bash-completion/completions/podrun"},
    {"zsh, for all", "podrun completion zsh > /usr/share/zsh/vendor-completions/_podrun"},
    {"fish, for all", "podrun completion fish > /usr/share/fish/vendor_completions.d/podrun.fish"},
};

// ---- daemon

constexpr Flag kKubeconfigFlags[] = {
    {.name = "path", .help = "print where the file is instead of what is in it"}, kDataDir};
constexpr Example kKubeconfigExamples[] = {{"For kubectl", "podrun kubeconfig > ~/.kube/config"}};

constexpr Example kKubectlExamples[] = {
    {"What runs here", "podrun kubectl get pods -A"},
    {"A replication controller", "podrun kubectl create -f rc.yaml"},
};

constexpr Example kHelpExamples[] = {{"About one command", "podrun help image import"}};

constexpr Command kCommands[] = {
    {.name = "run",
     .summary = "Run pods from manifests in the foreground",
     .description =
         "Runs the pods of the given manifests, each under a supervisor of its own, and shows "
         "their events, output and status until they end. A FILE is a file in YAML or JSON, a "
         "folder, or \"-\" for standard input. The first Ctrl-C (or SIGTERM) ends the pods within "
         "their grace periods, the second kills them.",
     .operands = {"FILE...", 0, kAny, kFile},
     .flags = kRunFlags,
     .examples = kRunExamples,
     .exit_codes =
         "The container's own where the pods ended by themselves (the first that failed, else 0); "
         "0 after a Ctrl-C or --for; 1 for other failures; 2 for wrong input, with nothing "
         "started; 3 where an expectation failed."},
    daemon::kDaemon,
    {.name = "kubeconfig",
     .summary = "Print the file that lets kubectl talk to the daemon",
     .flags = kKubeconfigFlags,
     .examples = kKubeconfigExamples},
    {.name = "kubectl",
     .summary = "Run the installed kubectl with the daemon's kubeconfig",
     .description = "All words are kubectl's own; a --data-dir in front of them says whose "
                    "kubeconfig it is.",
     .operands = {"WORD...", 0, kAny, kText},
     .examples = kKubectlExamples,
     .exit_codes = "kubectl's own.",
     .foreign_words = true},
    {.name = "image",
     .summary = "Manage images",
     .commands = kImageCommands,
     .program = kImageProgram},
    {.name = "ps", .summary = "List running pods", .flags = kPsFlags, .examples = kPsExamples},
    kube::kLogs,
    kube::kGet,
    kube::kDescribe,
    kube::kCreate,
    kube::kApply,
    kube::kReplace,
    kube::kPatch,
    kube::kEdit,
    kube::kLabel,
    kube::kAnnotate,
    kube::kScale,
    kube::kRollout,
    kube::kDelete,
    kube::kExec,
    kube::kAttach,
    kube::kEvents,
    kube::kWait,
    kube::kTop,
    kube::kNode,
    kube::kTaint,
    kube::kResources,
    kube::kNames,
    {.name = "check",
     .summary = "Tell what this machine can do for pods, and what is missing",
     .description = "One line for each thing that podrun relies on: ok, degraded (and what then "
                    "does not work) or missing (and what to do).",
     .flags = kCheckFlags,
     .examples = kCheckExamples,
     .exit_codes = "1 where something is missing, else 0."},
    {.name = "version",
     .summary = "Print the version",
     .flags = kVersionFlags,
     .examples = kVersionExamples},
    {.name = "completion",
     .summary = "Print a completion script for a shell",
     .operands = {"SHELL", 1, 1, kChoice, kShells},
     .examples = kCompletionExamples},
    {.name = "help",
     .summary = "Show help about a command",
     .operands = {"[COMMAND...]", 0, kAny, kCommand},
     .examples = kHelpExamples},
    {.name = "man",
     .summary = "Write the man pages into a folder, or one to standard output",
     .operands = {"[FOLDER]", 0, 1, kFolder},
     .hidden = true},
};

/// Flags of the commands for the daemon, which kubectl's users write in front of the command.
constexpr Flag kRootFlags[] = {kube::kNamespaceFlag, kube::kSocket, kube::kRequestTimeout};

constexpr Command kRoot{
    .name = "podrun",
    .summary = "Run Kubernetes pods on one Linux machine, without Kubernetes",
    .flags = kRootFlags,
    .commands = kCommands,
    .exit_codes = "0 success, 1 failure, 2 wrong usage or input.",
};

}  // namespace

const Command& command_table() { return kRoot; }

}  // namespace podrun::cli
