#include "rpm/seal_off.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <vector>

namespace eulerpublisher {
namespace {

// Numbers are the architecture's own; one that does not have a call does not name it.
const std::vector<unsigned>& refused() {
  static const std::vector<unsigned> calls{
      SYS_execve,
      SYS_execveat,
      SYS_clone,
      SYS_socket,
      SYS_connect,
      SYS_ptrace,
      SYS_kill,
      SYS_tgkill,
      SYS_mount,
      SYS_unshare,
      SYS_setns,
      SYS_bpf,
      SYS_keyctl,
      SYS_process_vm_readv,
      SYS_process_vm_writev,
#ifdef SYS_clone3
      SYS_clone3,
#endif
#ifdef SYS_fork
      SYS_fork,
      SYS_vfork,
#endif
#ifdef SYS_io_uring_setup
      SYS_io_uring_setup,
#endif
  };
  return calls;
}

#if defined(__x86_64__)
constexpr unsigned architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned architecture = AUDIT_ARCH_AARCH64;
#elif defined(__loongarch64)
constexpr unsigned architecture = AUDIT_ARCH_LOONGARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr unsigned architecture = AUDIT_ARCH_RISCV64;
#else
constexpr unsigned architecture = 0;
#endif

sock_filter load(size_t offset) { return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset)); }
sock_filter answer(unsigned how) { return BPF_STMT(BPF_RET | BPF_K, how); }

}  // namespace

void seal_off() {
  if (architecture == 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
  std::vector<sock_filter> program{load(offsetof(seccomp_data, arch)),
                                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
                                   answer(SECCOMP_RET_KILL_PROCESS), load(offsetof(seccomp_data, nr))};
#if defined(__x86_64__)
  // The other way to name the same calls, x32.
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
  program.push_back(answer(SECCOMP_RET_KILL_PROCESS));
#endif
  for (unsigned call : refused()) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    program.push_back(answer(SECCOMP_RET_ERRNO | EPERM));
  }
  program.push_back(answer(SECCOMP_RET_ALLOW));
  sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

}  // namespace eulerpublisher
